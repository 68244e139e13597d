using System.Text;
using System.Text.Json;
using Google.Protobuf;
using WsCluster.Gateway.Protocol;
using WsCluster.Gateway.Protocol.Wire;
using static WsCluster.Tests.Unit.Protocol.Frames;

namespace WsCluster.Tests.Unit.Protocol;

using Publication = WsCluster.Gateway.Protocol.Wire.Publication;

public sealed class JsonReplyTests
{
    [Theory, MemberData(nameof(SampleReplies.Names), MemberType = typeof(SampleReplies))]
    public void TryEncode_EveryReply_IsThisText(string name)
    {
        var (reply, json) = SampleReplies.All[name];

        Assert.Equal(json, WriteJson(reply));
    }

    // The samples above must not forget a member: every field there is has to be non-zero in some sample.
    [Fact]
    public void Samples_CoverEveryField()
    {
        var seen = new HashSet<string>();
        foreach (var (reply, _) in SampleReplies.All.Values)
        {
            Visit(reply, seen);
        }

        var missing = Fields(Reply.Descriptor, []).Except(seen).Order();

        // Only delta mode writes these two, and it has tests of its own.
        Assert.Equal(["Publication.delta", "SubscribeResult.delta"], missing);
    }

    [Theory]
    [InlineData("{\n  \"a\": \"\\n\",\r\n  \"b\": [ ]\n}\n", """{  "a": "\n",  "b": [ ]}""")]
    [InlineData("\r\n1\r\n", "1")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("\"\u2028<\U0001F600\"", "\"\u2028<\U0001F600\"")]
    public void TryEncode_Data_LosesOnlyNewlines(string data, string expected) =>
        Assert.Equal($$$$"""{"id":1,"rpc":{"data":{{{{expected}}}}}}""", WriteJson(new Reply { Id = 1, Rpc = new RpcResult { Data = Bytes(data) } }));

    [Theory]
    [InlineData("hello")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("{}{}")]
    [InlineData("1,\"x\":2")]
    [InlineData("\"a\nb\"")]
    [InlineData("[1,]")]
    [InlineData("nul\nl")]
    [InlineData("\uFEFF1")]
    [InlineData("// c")]
    public void TryEncode_DataThatIsNotJson_Fails(string data) => AssertFails(Bytes(data));

    [Fact]
    public void TryEncode_DataThatIsNotUtf8_Fails()
    {
        AssertFails(ByteString.CopyFrom([(byte)'"', 0xC3, 0x28, (byte)'"']));
        AssertFails(ByteString.CopyFrom([0x00, 0xFF]));
    }

    [Theory]
    [InlineData("a\"b\\c/d", """a\"b\\c/d""")]
    [InlineData("\n\r\t\b\f\0\u001f", """\n\r\t\u0008\u000c\u0000\u001f""")]
    [InlineData("<é\u2028\U0001F600>\u007f'&+", "<é\u2028\U0001F600>\u007f'&+")]
    public void TryEncode_Text_IsEscapedWhereNeeded(string text, string expected)
    {
        var json = WriteJson(new Reply { Push = new Push { Channel = text, Pub = new Publication { Tags = { [text] = text } } } });

        Assert.Equal($$$$$"""{"push":{"channel":"{{{{{expected}}}}}","pub":{"tags":{"{{{{{expected}}}}}":"{{{{{expected}}}}}"}}}}""", json);
        Assert.DoesNotContain('\n', json);
        using var parsed = JsonDocument.Parse(json);
    }

    [Fact] // not among the data above: an attribute cannot hold half a pair
    public void TryEncode_UnpairedSurrogate_IsReplaced()
    {
        var json = WriteJson(new Reply { Push = new Push { Channel = "\ud800\"\udc00x\ud800" } });

        Assert.Equal("""{"push":{"channel":"\ufffd\"\ufffdx\ufffd"}}""".Replace("\\ufffd", "\ufffd", StringComparison.Ordinal), json);
    }

    [Fact]
    public void TryEncode_LargeReply_GrowsItsBuffer()
    {
        var text = string.Concat(Enumerable.Repeat("é\"", 50_000));
        var reply = new Reply { Push = new Push { Channel = text, Pub = new Publication { Data = Bytes(JsonSerializer.Serialize(text)) } } };

        using var parsed = JsonDocument.Parse(WriteJson(reply));

        Assert.Equal(text, parsed.RootElement.GetProperty("push").GetProperty("channel").GetString());
        Assert.Equal(text, parsed.RootElement.GetProperty("push").GetProperty("pub").GetProperty("data").GetString());
    }

    [Fact]
    public void TryEncode_DeltaSubscription_WritesDataAsStrings()
    {
        var reply = new Reply
        {
            Id = 1,
            Subscribe = new SubscribeResult
            {
                Publications =
                {
                    new Publication { Data = Bytes("{\n\"a\":\"é\"}"), Offset = 1 },
                    new Publication { Data = Bytes("C\nA@0,\u00e9:\u0001\"2;"), Offset = 2, Delta = true },
                },
                Delta = true,
            },
        };

        Assert.Equal(
            """{"id":1,"subscribe":{"publications":[{"data":"{\n\"a\":\"é\"}","offset":1},{"data":"C\nA@0,é:\u0001\"2;","offset":2,"delta":true}],"delta":true}}""",
            WriteJson(reply, deltaData: true));
    }

    [Fact]
    public void TryEncode_DeltaPush_WritesDataAsString()
    {
        var reply = new Reply { Push = new Push { Channel = "c", Pub = new Publication { Data = Bytes("null"), Offset = 1 } } };

        Assert.Equal("""{"push":{"channel":"c","pub":{"data":"null","offset":1}}}""", WriteJson(reply, deltaData: true));
    }

    [Fact]
    public void TryEncode_DeltaSubscriptionInConnect_WritesOnlyItsDataAsStrings()
    {
        var publication = new Publication { Data = Bytes("1") };
        var reply = new Reply
        {
            Connect = new ConnectResult
            {
                Subs =
                {
                    ["d"] = new SubscribeResult { Publications = { publication }, Delta = true },
                    ["p"] = new SubscribeResult { Publications = { publication } },
                },
            },
        };

        Assert.Equal(
            """{"connect":{"subs":{"d":{"publications":[{"data":"1"}],"delta":true},"p":{"publications":[{"data":1}]}}}}""",
            WriteJson(reply));
    }

    [Fact]
    public void TryEncode_HistoryWithDelta_IsNotWrapped()
    {
        var reply = new Reply { Id = 1, History = new HistoryResult { Publications = { new Publication { Data = Bytes("1") } } } };

        Assert.Equal("""{"id":1,"history":{"publications":[{"data":1}],"epoch":"","offset":0}}""", WriteJson(reply, deltaData: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryEncode_DeltaDataThatIsNotUtf8_Fails(bool delta)
    {
        var publication = new Publication { Data = ByteString.CopyFrom([(byte)'"', 0xC3, (byte)'"']), Delta = delta };

        Assert.False(ProtocolCodecs.Json.TryEncode(new Reply { Push = new Push { Pub = publication } }, true, out var message));
        Assert.Empty(message);
    }

    [Fact]
    public void TryEncode_FullDocumentInDeltaModeThatIsNotJson_Fails()
    {
        var publication = new Publication { Data = Bytes("hello") };

        Assert.False(ProtocolCodecs.Json.TryEncode(new Reply { Push = new Push { Pub = publication } }, true, out _));
    }

    [Fact]
    public void TryEncode_DataAsDeepAsACommandCarries_Succeeds()
    {
        var data = new string('[', 62) + new string(']', 62);
        var command = ReadJson($$$$"""{"publish":{"data":{{{{data}}}}}}""");

        Assert.Contains(data, WriteJson(new Reply { Push = new Push { Pub = new Publication { Data = command.Publish.Data } } }), StringComparison.Ordinal);
    }

    private static void AssertFails(ByteString data)
    {
        foreach (var reply in new[]
                 {
                     new Reply { Push = new Push { Pub = new Publication { Data = data } } },
                     new Reply { Id = 1, History = new HistoryResult { Publications = { new Publication { Data = data } } } },
                     new Reply { Id = 1, Connect = new ConnectResult { Data = data } },
                     new Reply { Push = new Push { Join = new Join { Info = new Gateway.Protocol.Wire.ClientInfo { ChanInfo = data } } } },
                 })
        {
            Assert.False(ProtocolCodecs.Json.TryEncode(reply, false, out var message));
            Assert.Empty(message);
        }
    }

    private static void Visit(IMessage message, HashSet<string> seen)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
            {
                foreach (System.Collections.DictionaryEntry entry in (System.Collections.IDictionary)value)
                {
                    seen.Add($"{message.Descriptor.Name}.{field.Name}");
                    if (entry.Value is IMessage inner)
                    {
                        Visit(inner, seen);
                    }
                }
            }
            else if (field.IsRepeated)
            {
                foreach (var inner in (System.Collections.IEnumerable)value)
                {
                    seen.Add($"{message.Descriptor.Name}.{field.Name}");
                    Visit((IMessage)inner, seen);
                }
            }
            else if (value is IMessage inner)
            {
                seen.Add($"{message.Descriptor.Name}.{field.Name}");
                Visit(inner, seen);
            }
            else if (value is not (null or "" or 0u or 0UL or 0L or 0 or false) && !value.Equals(ByteString.Empty))
            {
                seen.Add($"{message.Descriptor.Name}.{field.Name}");
            }
        }
    }

    private static HashSet<string> Fields(Google.Protobuf.Reflection.MessageDescriptor type, HashSet<string> into)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            var added = into.Add($"{type.Name}.{field.Name}");
            var child = field.IsMap ? field.MessageType.FindFieldByName("value") : field;
            if (added && child.FieldType == Google.Protobuf.Reflection.FieldType.Message)
            {
                Fields(child.MessageType, into);
            }
        }

        return into;
    }
}
