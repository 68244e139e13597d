namespace WsCluster.Gateway.Routing;

/// <summary>Something on this gateway that a grain serves: when the grain's silo is lost, it has to be found again.</summary>
internal interface ISiloBound
{
    /// <summary>The lane on which the grain delivers.</summary>
    int Lane { get; }

    /// <summary>Finds the grain again and tells it what this gateway has. Returns at once.</summary>
    void Rebind();
}
