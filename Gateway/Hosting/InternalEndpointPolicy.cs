using Microsoft.AspNetCore.Routing.Matching;

namespace WsCluster.Gateway.Hosting;

/// <summary>
/// Keeps the operator's side off the public addresses, and everything else that has the same path off the internal ones. It looks at
/// the port that the connection came in by, never at the Host header, which a client writes as it likes.
/// </summary>
/// <param name="ports">The ports of the internal addresses.</param>
internal sealed class InternalEndpointPolicy(IEnumerable<int> ports) : MatcherPolicy, IEndpointSelectorPolicy
{
    private readonly HashSet<int> _ports = [.. ports];

    /// <summary>What marks an endpoint of the operator's side.</summary>
    public static object Mark { get; } = new InternalEndpoint();

    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsInternal);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var isInside = _ports.Contains(httpContext.Connection.LocalPort);
        var places = Enumerable.Range(0, candidates.Count).Where(candidates.IsValidCandidate).ToLookup(i => IsInternal(candidates[i].Endpoint));
        if (!isInside || places[true].Any())
        {
            foreach (var i in places[!isInside])
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsInternal(Endpoint endpoint) => endpoint.Metadata.GetMetadata<InternalEndpoint>() is not null;

    private sealed record InternalEndpoint;
}
