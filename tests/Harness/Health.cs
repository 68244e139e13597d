using System.Net;

namespace WsCluster.Tests.Harness;

/// <summary>Asks a process under test how it is.</summary>
internal static class Health
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>True when it says that clients may come.</summary>
    public static Task<bool> IsReadyAsync(Uri address) => IsFineAsync(address, "/health/ready");

    /// <summary>True when it says that it runs.</summary>
    public static Task<bool> IsLiveAsync(Uri address) => IsFineAsync(address, "/health/live");

    private static async Task<bool> IsFineAsync(Uri address, string path)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(address, path));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
