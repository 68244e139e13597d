using System.Security.Cryptography;

namespace WsCluster.Grains.History;

/// <summary>Makes epochs: short random texts (protocol §8.1).</summary>
internal static class StreamEpoch
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 8;

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);
}
