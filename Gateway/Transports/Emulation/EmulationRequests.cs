using System.Text;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Transports.Emulation;

/// <summary>Decodes what clients without a WebSocket post (protocol §24).</summary>
internal static class EmulationRequests
{
    private static readonly MessageParser<EmulationRequest> Parser = EmulationRequest.Parser.WithDiscardUnknownFields(true);

    /// <summary>Decodes a request; null when it is none. In JSON the frame is the text of a string, in Protobuf bytes.</summary>
    public static EmulationRequest? Decode(byte[] body, bool isProtobuf)
    {
        if (!isProtobuf)
        {
            return JsonCommandReader.TryRead(body, ReadJson, out var request) ? request : null;
        }

        try
        {
            return Parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static EmulationRequest ReadJson(ref JsonInput json)
    {
        var request = new EmulationRequest();
        while (json.NextMember())
        {
            if (json.IsMember("node"u8))
            {
                request.Node = json.ReadString();
            }
            else if (json.IsMember("session"u8))
            {
                request.Session = json.ReadString();
            }
            else if (json.IsMember("data"u8))
            {
                request.Data = ByteString.CopyFrom(json.ReadString(), Encoding.UTF8);
            }
            else
            {
                json.SkipMember();
            }
        }

        return request;
    }
}
