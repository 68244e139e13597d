using System.Text;
using WsCluster.Gateway.Protocol;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

public sealed class JsonCommandTests
{
    [Theory, MemberData(nameof(SampleCommands.Names), MemberType = typeof(SampleCommands))]
    public void ReadCommand_EveryMember_IsRead(string name)
    {
        var (json, expected) = SampleCommands.All[name];

        Assert.Equal(expected, ReadJson(json));
    }

    [Fact]
    public void ReadCommand_EmptyFrame_IsEnd() => Assert.Equal(CommandReadStatus.End, FirstStatus(""));

    [Theory]
    [InlineData("\n")]
    [InlineData("\n{}")]
    [InlineData("{}\n\n")]
    [InlineData("{}\n\n{}")]
    [InlineData("{}\n \n")]
    [InlineData(" ")]
    public void ReadCommand_EmptyLine_IsMalformed(string frame)
    {
        var (_, last) = ReadAll(ProtocolCodecs.Json, Encoding.UTF8.GetBytes(frame));

        Assert.Equal(CommandReadStatus.Malformed, last);
    }

    [Theory]
    [InlineData("{\"id\":1}\n{\"id\":2}")]
    [InlineData("{\"id\":1}\n{\"id\":2}\n")]
    [InlineData("{\"id\":1}\r\n{\"id\":2}\r\n")]
    [InlineData("  {\"id\" : 1 } \n\t{\"id\":2}")]
    public void ReadCommand_SeveralLines_ReadsThemInOrder(string frame)
    {
        var (commands, last) = ReadAll(ProtocolCodecs.Json, Encoding.UTF8.GetBytes(frame));

        Assert.Equal(CommandReadStatus.End, last);
        Assert.Equal([1u, 2u], commands.Select(c => c.Id));
    }

    [Fact]
    public void ReadCommand_MalformedSecondLine_StillGivesTheFirst()
    {
        var (commands, last) = ReadAll(ProtocolCodecs.Json, "{\"id\":1}\nnope\n{\"id\":3}"u8.ToArray());

        Assert.Equal(CommandReadStatus.Malformed, last);
        Assert.Equal(1u, Assert.Single(commands).Id);
    }

    [Fact]
    public void ReadCommand_SetButEmptyRequest_IsPresent()
    {
        var command = ReadJson("""{"id":1,"connect":{}}""");

        Assert.NotNull(command.Connect);
        Assert.Null(command.Subscribe);
    }

    [Theory]
    [InlineData("""{"id":1,"connect":null}""")]
    [InlineData("""{"id":1,"connect":{},"connect":null}""")]
    public void ReadCommand_NullRequest_IsAbsent(string json) => Assert.Null(ReadJson(json).Connect);

    [Theory]
    [InlineData("""{"id":null,"subscribe":{"channel":null,"recover":null,"offset":null,"flag":null,"type":null,"tf":null}}""")]
    [InlineData("""{"subscribe":{"channel":"","recover":false,"offset":0,"flag":0,"type":0}}""")]
    public void ReadCommand_NullOrZeroMembers_AreZero(string json) =>
        Assert.Equal(new Gateway.Protocol.Wire.Command { Subscribe = new() }, ReadJson(json));

    [Theory]
    [InlineData("null")]
    [InlineData("0")]
    [InlineData("-1.50E+10")]
    [InlineData("123456789012345678901234567890.1000")]
    [InlineData("true")]
    [InlineData("\"\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"h\u00e9 \\u00e9 \U0001F600\"")]
    [InlineData("{ \"b\" : 1,\t\"a\":[ ] , \"b\":2 }")]
    [InlineData("[]")]
    public void ReadCommand_Data_IsKeptByteForByte(string data)
    {
        var command = ReadJson($$$$"""{"publish":{"data": {{{{data}}}} ,"channel":"c"}}""");

        Assert.Equal(data, command.Publish.Data.ToStringUtf8());
        Assert.Equal("c", command.Publish.Channel);
    }

    [Fact]
    public void ReadCommand_BufferReusedLater_KeepsTheCommand()
    {
        var buffer = """{"publish":{"channel":"c","data":{"a":1}}}"""u8.ToArray();
        ReadOnlyMemory<byte> frame = buffer;
        ProtocolCodecs.Json.ReadCommand(ref frame, out var command);

        buffer.AsSpan().Fill((byte)'x');

        Assert.Equal("""{"a":1}""", command!.Publish.Data.ToStringUtf8());
        Assert.Equal("c", command.Publish.Channel);
    }

    [Fact]
    public void ReadCommand_UnknownMembers_AreSkipped()
    {
        var command = ReadJson("""{"x":[{"id":9}],"id":1,"method":7,"presence":{"deep":{"channel":"no"},"channel":"c"}}""");

        Assert.Equal(1u, command.Id);
        Assert.Equal("c", command.Presence.Channel);
    }

    [Fact]
    public void ReadCommand_RepeatedMembers_LastWins()
    {
        var command = ReadJson(
            """{"id":1,"id":2,"connect":{"token":"a","headers":{"x":"1"},"headers":{"y":"2"}},"subscribe":{"channel":"a"},"subscribe":{"token":"b"}}""");

        Assert.Equal(2u, command.Id);
        Assert.Equal("y", Assert.Single(command.Connect.Headers).Key);
        Assert.Equal("", command.Subscribe.Channel);
        Assert.Equal("b", command.Subscribe.Token);
    }

    [Fact]
    public void ReadCommand_EscapedNamesAndTexts_AreUnescaped()
    {
        var command = ReadJson("""{"\u0069d":5,"presence":{"ch\u0061nnel":"\u0041\n\ud83d\ude00"}}""");

        Assert.Equal(5u, command.Id);
        Assert.Equal("A\n\U0001F600", command.Presence.Channel);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"id\"")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{},")]
    [InlineData("{\"id\":1,}")]
    [InlineData("{'id':1}")]
    [InlineData("{id:1}")]
    [InlineData("{\"id\"}")]
    [InlineData("{\"id\":}")]
    [InlineData("{/*c*/}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"id\":\"1\"}")]
    [InlineData("{\"id\":-1}")]
    [InlineData("{\"id\":1.5}")]
    [InlineData("{\"id\":4294967296}")]
    [InlineData("{\"id\":1e400}")]
    [InlineData("{\"id\":01}")]
    [InlineData("{\"id\":true}")]
    [InlineData("{\"id\":[1]}")]
    [InlineData("{\"connect\":[]}")]
    [InlineData("{\"connect\":\"\"}")]
    [InlineData("{\"connect\":{\"token\":5}}")]
    [InlineData("{\"connect\":{\"subs\":[]}}")]
    [InlineData("{\"connect\":{\"subs\":{\"a\":1}}}")]
    [InlineData("{\"connect\":{\"headers\":{\"a\":1}}}")]
    [InlineData("{\"subscribe\":{\"recover\":1}}")]
    [InlineData("{\"subscribe\":{\"recover\":\"true\"}}")]
    [InlineData("{\"subscribe\":{\"offset\":-1}}")]
    [InlineData("{\"subscribe\":{\"offset\":18446744073709551616}}")]
    [InlineData("{\"subscribe\":{\"flag\":9223372036854775808}}")]
    [InlineData("{\"subscribe\":{\"type\":2147483648}}")]
    [InlineData("{\"subscribe\":{\"tf\":[]}}")]
    [InlineData("{\"subscribe\":{\"tf\":{\"nodes\":{}}}}")]
    [InlineData("{\"subscribe\":{\"tf\":{\"nodes\":[1]}}}")]
    [InlineData("{\"subscribe\":{\"tf\":{\"vals\":[1]}}}")]
    [InlineData("{\"history\":{\"since\":5}}")]
    [InlineData("{\"publish\":{\"data\":}}")]
    [InlineData("{\"publish\":{\"data\":nul}}")]
    [InlineData("{\"publish\":{\"data\":\"\\x\"}}")]
    [InlineData("{\"publish\":{\"data\":\"a\tb\"}}")]
    [InlineData("{\"publish\":{\"channel\":\"\\ud800\"}}")]
    [InlineData("{\"publish\":{\"channel\":\"\\udc00\\ud800\"}}")]
    public void TryRead_NotACommand_IsMalformed(string line)
    {
        Assert.False(JsonCommandReader.TryRead(Encoding.UTF8.GetBytes(line), out var command));
        Assert.Null(command);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })]
    public void ReadCommand_InvalidUtf8Anywhere_IsMalformed(byte[] bad)
    {
        foreach (var (before, after) in new[]
                 {
                     ("{\"presence\":{\"channel\":\"", "\"}}"),
                     ("{\"publish\":{\"data\":\"", "\"}}"),
                     ("{\"unknown\":\"", "\"}"),
                     ("{\"", "\":1}"),
                 })
        {
            byte[] line = [.. Encoding.UTF8.GetBytes(before), .. bad, .. Encoding.UTF8.GetBytes(after)];

            Assert.Equal(CommandReadStatus.Malformed, FirstStatus(ProtocolCodecs.Json, line));
        }
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    [InlineData(30_000, false)]
    public void ReadCommand_Nesting_IsLimitedTo64(int arrays, bool accepted)
    {
        var data = new string('[', arrays) + new string(']', arrays);

        Assert.Equal(accepted ? CommandReadStatus.Command : CommandReadStatus.TooDeep, FirstStatus($$$$"""{"publish":{"data":{{{{data}}}}}}"""));
    }

    [Fact]
    public void ReadCommand_DeepFilter_IsTooDeep()
    {
        var filter = string.Concat(Enumerable.Repeat("{\"nodes\":[", 5000));

        Assert.Equal(CommandReadStatus.TooDeep, FirstStatus($$$$"""{"subscribe":{"tf":{{{{filter}}}}"""));
    }
}
