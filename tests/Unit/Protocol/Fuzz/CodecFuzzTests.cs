using System.Text;
using System.Text.Json;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol.Fuzz;

/// <summary>Properties of the codecs on random messages, and on those messages damaged.</summary>
public sealed class CodecFuzzTests
{
    /// <summary>Bytes that reading may allocate for a byte of a frame, and for a frame whatever its length.</summary>
    private const int AllocatedPerByte = 200, AllocatedPerFrame = 8 * 1024;

    [Fact]
    public void Protobuf_AnyCommands_AreReadAsTheyWereWritten() => FuzzRun.Try(random =>
    {
        var commands = Commands(random, AnyBytes);

        var (read, last) = ReadAll(ProtocolCodecs.Protobuf, [.. commands.SelectMany(Delimited)]);
        Assert.Equal(commands, read);
        Assert.Equal(CommandReadStatus.End, last);
    });

    [Fact]
    public void Json_AnyCommandsInAnyStyle_AreReadAsTheyWereWritten() => FuzzRun.Try(random =>
    {
        var commands = Commands(random, JsonText.AnyValue);
        var frame = string.Join('\n', commands.Select(command => JsonText.Of(command, random)));

        var (read, last) = ReadAll(ProtocolCodecs.Json, Encoding.UTF8.GetBytes(frame));
        Assert.Equal(commands, read);
        Assert.Equal(CommandReadStatus.End, last);
    });

    [Fact]
    public void Protobuf_DamagedFrames_AreReadOrRefused() => FuzzRun.Try(random =>
    {
        byte[] frame = [.. Commands(random, AnyBytes).SelectMany(Delimited)];
        byte[] other = [.. Commands(random, AnyBytes).SelectMany(Delimited)];

        foreach (var command in ReadDamaged(ProtocolCodecs.Protobuf, Mutation.Of(frame, other, random)))
        {
            var (again, _) = ReadAll(ProtocolCodecs.Protobuf, Delimited(command));
            Assert.Equal(command, Assert.Single(again));
        }
    });

    [Fact]
    public void Json_DamagedFrames_AreReadOrRefused() => FuzzRun.Try(random =>
    {
        var frame = Encoding.UTF8.GetBytes(string.Join('\n', Commands(random, JsonText.AnyValue).Select(command => JsonText.Of(command, random))));
        var other = Encoding.UTF8.GetBytes(JsonText.Of(new RandomMessages(random, JsonText.AnyValue).NextCommand(), random));
        var damaged = Mutation.Of(frame, other, random);

        var lines = SplitLines(damaged);
        var number = 0;
        foreach (var command in ReadDamaged(ProtocolCodecs.Json, damaged))
        {
            // What was taken is JSON to a parser that knows nothing of commands, and its data can go out again.
            using var parsed = JsonDocument.Parse(lines[number++]);
            Assert.Equal(JsonValueKind.Object, parsed.RootElement.ValueKind);
            if (command.Publish is { Data.IsEmpty: false } publish)
            {
                Assert.True(JsonData.IsValid(publish.Data.Span));
            }
        }
    });

    [Fact]
    public void Json_AnyReply_IsOneLineOfJsonOrRefused() => FuzzRun.Try(random =>
    {
        var damages = random.Next(2) == 0;
        var reply = new RandomMessages(random, r => damages ? Mutation.Of(JsonText.AnyValue(r), [], r) : JsonText.AnyValue(r)).NextReply();
        var delta = random.Next(2) == 0;

        if (!ProtocolCodecs.Json.TryEncode(reply, delta, out var message))
        {
            Assert.True(damages || delta, "A reply whose data are all JSON was refused.");
            return;
        }

        Assert.False(message.AsSpan().ContainsAny((byte)'\n', (byte)'\r'));
        using var parsed = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 600 });
        Assert.Equal(JsonValueKind.Object, parsed.RootElement.ValueKind);
    });

    [Fact]
    public void Protobuf_AnyReply_IsReadAsItWasWritten() => FuzzRun.Try(random =>
    {
        var reply = new RandomMessages(random, AnyBytes).NextReply();

        Assert.True(ProtocolCodecs.Protobuf.TryEncode(reply, deltaData: false, out var message));
        Assert.Equal(reply, Reply.Parser.ParseDelimitedFrom(new MemoryStream(message)));
    });

    /// <summary>Reads what can be read of a frame: it must neither throw, nor go past the frame, nor cost out of proportion.</summary>
    private static List<Command> ReadDamaged(IProtocolCodec codec, byte[] frame)
    {
        ReadOnlyMemory<byte> rest = frame;
        var commands = new List<Command>(16);
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        var thrown = 0;
        while (true)
        {
            var before = rest.Length;
            var status = codec.ReadCommand(ref rest, out var command);
            if (status != CommandReadStatus.Command)
            {
                thrown = status == CommandReadStatus.End ? 0 : 1; // an exception has a cost of its own
                break;
            }

            Assert.True(rest.Length < before, "A command was read but the frame did not get shorter.");
            commands.Add(command!);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Assert.InRange(allocated, 0, (frame.Length * AllocatedPerByte) + AllocatedPerFrame + (thrown * AllocatedPerFrame));
        return commands;
    }

    private static List<Command> Commands(Random random, Func<Random, byte[]> bytes) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new RandomMessages(random, bytes).NextCommand())];

    private static byte[] AnyBytes(Random random)
    {
        var bytes = new byte[random.Next(64)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static List<byte[]> SplitLines(byte[] frame)
    {
        var lines = new List<byte[]>();
        var from = 0;
        for (var at = 0; at <= frame.Length; at++)
        {
            if (at == frame.Length || frame[at] == '\n')
            {
                lines.Add(frame[from..at]);
                from = at + 1;
            }
        }

        return lines;
    }
}
