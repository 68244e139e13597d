using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using WsCluster.Tests.Unit.Docs;

namespace WsCluster.Tests.Unit.Compatibility;

/// <summary>
/// Processes of this version and of older ones share a cluster during an upgrade, so each must read what the other writes. The folder
/// golden has a file for every version. The current one follows the code (run once with UPDATE_GOLDEN=1 after a change); those of
/// released versions never change, and what they hold must be understood.
/// </summary>
public sealed class ContractBytesTests
{
    private static readonly string Folder = Path.Combine(ConfigurationReferenceTests.RepositoryRoot(), "tests", "Unit", "Compatibility", "golden");

    private static readonly string Current = Path.Combine(
        Folder, $"{typeof(Publication).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}.txt");

    private static readonly Serializer Serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static TheoryData<string> Versions => [.. Directory.GetFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file))];

    [Fact]
    public void CurrentFile_HoldsWhatIsWrittenNow()
    {
        var written = GoldenFile.Write(Serializer);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Current, written);
        }

        Assert.True(
            File.Exists(Current) && File.ReadAllText(Current) == written,
            $"{Path.GetFileName(Current)} is not what is written now: if that is meant, run once with UPDATE_GOLDEN=1 and look at the difference.");
    }

    [Theory, MemberData(nameof(Versions))]
    public void Messages_OfThatVersion_AreUnderstood(string version)
    {
        var golden = GoldenFile.Read(File.ReadAllText(Path.Combine(Folder, $"{version}.txt")));
        Assert.NotEmpty(golden.Messages);
        Assert.All(golden.Messages, message =>
        {
            var contract = ContractSamples.Types[message.Key];
            var read = Serializer.Deserialize<object>(message.Value);
            Assert.Null(ContractComparison.Difference(ContractSamples.Create(contract), read, golden.Members, message.Key));
        });
    }

    [Theory, MemberData(nameof(Versions))]
    public void Calls_OfThatVersion_AreStillThere(string version)
    {
        var golden = GoldenFile.Read(File.ReadAllText(Path.Combine(Folder, $"{version}.txt")));
        Assert.NotEmpty(golden.Calls);
        Assert.Subset(GoldenFile.Read(GoldenFile.Write(Serializer)).Calls.ToHashSet(), golden.Calls.ToHashSet());
    }

    /// <summary>An older version that lacks a member skips it: what a newer one adds is no obstacle.</summary>
    [Fact]
    public void Message_WithAMemberThatIsNotKnown_IsRead()
    {
        var newer = Serializer.SerializeToArray(new NewerPosition { Offset = 7, Epoch = "e", Region = "north" });

        var older = Serializer.Deserialize<OlderPosition>(newer)!;

        Assert.Equal((7UL, "e"), (older.Offset, older.Epoch));
    }

    /// <summary>The comparison sees what went to another member, as after a renumbering.</summary>
    [Fact]
    public void Difference_OfSwappedMembers_IsFound()
    {
        var written = new StreamPosition(1, "one");
        var members = new Dictionary<string, IReadOnlySet<string>>();

        Assert.Null(ContractComparison.Difference(written, new StreamPosition(1, "one"), members, "position"));
        Assert.Equal("position.Epoch is two, but was one", ContractComparison.Difference(written, new StreamPosition(1, "two"), members, "position"));
    }
}
