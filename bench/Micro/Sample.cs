using System.Text;
using WsCluster.Gateway.Protocol.Wire;
using WireInfo = WsCluster.Gateway.Protocol.Wire.ClientInfo;
using WirePublication = WsCluster.Gateway.Protocol.Wire.Publication;

namespace WsCluster.Bench.Micro;

/// <summary>What is measured with: 128 bytes of JSON from a client.</summary>
internal static class Sample
{
    public const string Channel = "channel:120";
    public const string Epoch = "Vf3kq2Wz";

    public static byte[] Data { get; } = Encoding.UTF8.GetBytes($"\"{new string('x', 126)}\"");

    public static PublishRequest Request { get; } = new()
    {
        Data = Data,
        Info = new() { User = "", Client = "5f0ad6e1-1c4e-4fd3-9d3c-2f1c0f6f1b11" },
    };

    public static Publication Publication { get; } = new() { Offset = 12345, Data = Data, Info = Request.Info };

    public static Reply Push { get; } = new()
    {
        Push = new Push
        {
            Channel = Channel,
            Pub = new WirePublication
            {
                Data = Google.Protobuf.ByteString.CopyFrom(Data),
                Offset = 12345,
                Info = new WireInfo { Client = Request.Info!.Client },
            },
        },
    };
}
