using System.Text;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Tests.Unit.Protocol;

/// <summary>Short ways to read a frame and to write a message in tests.</summary>
internal static class Frames
{
    /// <summary>Reads a frame to its end and returns the commands and the status that ended the reading.</summary>
    public static (List<Command> Commands, CommandReadStatus Last) ReadAll(IProtocolCodec codec, byte[] frame)
    {
        var commands = new List<Command>();
        ReadOnlyMemory<byte> rest = frame;
        while (true)
        {
            var status = codec.ReadCommand(ref rest, out var command);
            if (status != CommandReadStatus.Command)
            {
                Assert.Null(command);
                return (commands, status);
            }

            commands.Add(command!);
        }
    }

    /// <summary>Reads a JSON frame that must hold exactly one command.</summary>
    public static Command ReadJson(string frame)
    {
        var (commands, last) = ReadAll(ProtocolCodecs.Json, Encoding.UTF8.GetBytes(frame));
        Assert.Equal(CommandReadStatus.End, last);
        return Assert.Single(commands);
    }

    /// <summary>What the first read of a JSON frame says.</summary>
    public static CommandReadStatus FirstStatus(string frame) => FirstStatus(ProtocolCodecs.Json, Encoding.UTF8.GetBytes(frame));

    /// <summary>What the first read of a frame says.</summary>
    public static CommandReadStatus FirstStatus(IProtocolCodec codec, byte[] frame)
    {
        ReadOnlyMemory<byte> rest = frame;
        return codec.ReadCommand(ref rest, out _);
    }

    /// <summary>Encodes a reply as JSON; it must succeed.</summary>
    public static string WriteJson(Reply reply, bool deltaData = false)
    {
        Assert.True(ProtocolCodecs.Json.TryEncode(reply, deltaData, out var message));
        return Encoding.UTF8.GetString(message);
    }

    /// <summary>A message with its length before it.</summary>
    public static byte[] Delimited(IMessage message)
    {
        using var stream = new MemoryStream();
        message.WriteDelimitedTo(stream);
        return stream.ToArray();
    }

    /// <summary>Text as a bytes field.</summary>
    public static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);
}
