using System.Text;

namespace WsCluster.Tests.Unit.ServerApi;

public sealed class ApiInboxTests
{
    private static readonly (string, string)[] WithInboxes =
    [
        ("WsCluster:Inbox:Enabled", "true"),
        ("WsCluster:Channels:Namespaces:inbox:HistorySize", "10"),
        ("WsCluster:Channels:Namespaces:inbox:HistoryTtl", "01:00:00"),
    ];

    [Fact]
    public async Task InboxSend_PublishesToTheUsersInbox()
    {
        await using var api = await ApiHost.StartAsync(WithInboxes);

        Assert.StartsWith("""{"result":{""", await api.CallAsync("inbox_send", """{"user":"7","data":{"text":"hi"},"idempotency_key":"k"}"""), StringComparison.Ordinal);

        var (key, sent) = Assert.Single(api.Grains.Calls);
        var request = Assert.IsType<PublishRequest>(sent);
        Assert.Equal(("inbox:#7", """{"text":"hi"}""", "k"), (key, Encoding.UTF8.GetString(request.Data), request.IdempotencyKey));
    }

    [Fact]
    public async Task InboxStateAndRead_SayHowFarTheUserHasRead()
    {
        await using var api = await ApiHost.StartAsync(WithInboxes);

        Assert.Equal("""{"result":{"offset":7,"epoch":"e","read":2,"unread":5}}""", await api.CallAsync("inbox_state", """{"user":"7"}"""));
        Assert.Equal("""{"result":{"offset":7,"epoch":"e","read":6,"unread":1}}""", await api.CallAsync("inbox_read", """{"user":"7","offset":6}"""));
    }

    [Theory]
    [InlineData("inbox_send", """{"data":1}""", 107)]
    [InlineData("inbox_send", """{"user":"7"}""", 107)]
    [InlineData("inbox_send", """{"user":"7","data":1,"skip_history":true}""", 107)]
    [InlineData("inbox_send", """{"user":"a,b","data":1}""", 108)]
    [InlineData("inbox_state", "{}", 107)]
    [InlineData("inbox_read", """{"user":"a#b","offset":1}""", 108)]
    public async Task Inbox_RequestWithoutOne_IsRefused(string method, string body, int code)
    {
        await using var api = await ApiHost.StartAsync(WithInboxes);

        Assert.StartsWith($$"""{"error":{"code":{{code}},""", await api.CallAsync(method, body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inbox_SwitchedOff_IsNotAvailable()
    {
        await using var api = await ApiHost.StartAsync();

        Assert.StartsWith("""{"error":{"code":108,""", await api.CallAsync("inbox_state", """{"user":"7"}"""), StringComparison.Ordinal);
    }
}
