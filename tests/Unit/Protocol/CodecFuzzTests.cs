using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

/// <summary>Valid messages, damaged at random: reading them may fail but must not throw, nor read past the frame.</summary>
public sealed class CodecFuzzTests
{
    private const int Iterations = 200_000;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    [Fact]
    public void ReadCommand_DamagedJson_NeverThrows() =>
        Fuzz(ProtocolCodecs.Json, [.. SampleCommands.All.Values.Select(c => Encoding.UTF8.GetBytes(c.Json + "\n" + c.Json))]);

    [Fact]
    public void ReadCommand_DamagedProtobuf_NeverThrows() =>
        Fuzz(ProtocolCodecs.Protobuf, [.. SampleCommands.All.Values.Select(c => (byte[])[.. Delimited(c.Command), .. Delimited(c.Command)])]);

    [Fact]
    public void TryEncode_DamagedData_WritesValidJsonOrFails()
    {
        var random = new Random(3);
        var data = "{\"a\": [1, -2.5e3, \"\\u00e9\u00e9\\n\", null],\r\n \"b\": {}}"u8.ToArray();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Iterations && clock.Elapsed < Budget; i++)
        {
            var damaged = ByteString.CopyFrom(Damage(data, random));
            var delta = random.Next(2) == 0;
            var reply = new Reply { Push = new Push { Pub = new Gateway.Protocol.Wire.Publication { Data = damaged, Delta = delta } } };
            if (ProtocolCodecs.Json.TryEncode(reply, delta, out var message))
            {
                Assert.False(message.AsSpan().ContainsAny((byte)'\n', (byte)'\r'));
                using var parsed = JsonDocument.Parse(message);
                Assert.Single(parsed.RootElement.EnumerateObject());
            }
        }
    }

    private static void Fuzz(IProtocolCodec codec, byte[][] frames)
    {
        var random = new Random(1);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Iterations && clock.Elapsed < Budget; i++)
        {
            ReadOnlyMemory<byte> rest = Damage(frames[random.Next(frames.Length)], random);
            while (true)
            {
                var before = rest.Length;
                if (codec.ReadCommand(ref rest, out _) != CommandReadStatus.Command)
                {
                    break;
                }

                Assert.True(rest.Length < before, "A command was read but the frame did not get shorter.");
            }
        }
    }

    private static byte[] Damage(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(8, bytes.Count - at) + 1));
                    break;
                case 2:
                    bytes.Insert(at, (byte)"{}[]\",:\\u0 \n-9e\x7f"[random.Next(16)]);
                    break;
                default:
                    var from = random.Next(bytes.Count + 1);
                    bytes.InsertRange(at, bytes.Skip(from).Take(random.Next(8)).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }
}
