using Orleans;

namespace WsCluster.Tests.Unit.Compatibility;

/// <summary>A message as a newer version has it.</summary>
[GenerateSerializer]
public sealed record NewerPosition
{
    [Id(0)] public ulong Offset { get; init; }

    [Id(1)] public string Epoch { get; init; } = "";

    [Id(2)] public string Region { get; init; } = "";
}

/// <summary>The same message before.</summary>
[GenerateSerializer]
public sealed record OlderPosition
{
    [Id(0)] public ulong Offset { get; init; }

    [Id(1)] public string Epoch { get; init; } = "";
}
