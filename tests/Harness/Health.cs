using System.Net;

namespace WsCluster.Tests.Harness;

/// <summary>Asks a process under test how it is.</summary>
internal static class Health
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>True when it answers 200.</summary>
    public static async Task<bool> IsReadyAsync(Uri address)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(address, "/health/ready"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
