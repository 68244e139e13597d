namespace WsCluster.Client.Protocol;

/// <summary>A message that the client sends. It names its fields once; what writes them knows the encoding.</summary>
internal interface IOutgoing
{
    void Write(IFieldWriter fields);
}
