namespace WsCluster.Gateway.ServerApi.Methods;

/// <summary>Which part of a list is wanted.</summary>
internal sealed class ListBody
{
    public string? Pattern { get; set; }

    public string? User { get; set; }

    public string? After { get; set; }

    public int? Limit { get; set; }

    public ListQuery ToQuery() => new() { Pattern = Pattern ?? "", User = User, After = After ?? "", Limit = Limit ?? 100 };
}
