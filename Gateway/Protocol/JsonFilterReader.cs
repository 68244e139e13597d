using WsCluster.Gateway.Protocol.Wire;

namespace WsCluster.Gateway.Protocol;

/// <summary>Reads tags filters, whose nodes nest. The depth limit of <see cref="JsonInput"/> bounds the recursion.</summary>
internal static class JsonFilterReader
{
    /// <summary>Reads a node from inside its object, up to the object's end.</summary>
    public static FilterNode Read(ref JsonInput json)
    {
        var node = new FilterNode();
        while (json.NextMember())
        {
            if (json.IsMember("op"u8))
            {
                node.Op = json.ReadString();
            }
            else if (json.IsMember("key"u8))
            {
                node.Key = json.ReadString();
            }
            else if (json.IsMember("cmp"u8))
            {
                node.Cmp = json.ReadString();
            }
            else if (json.IsMember("val"u8))
            {
                node.Val = json.ReadString();
            }
            else if (json.IsMember("vals"u8))
            {
                ReadVals(ref json, node);
            }
            else if (json.IsMember("nodes"u8))
            {
                ReadNodes(ref json, node);
            }
            else
            {
                json.SkipMember();
            }
        }

        return node;
    }

    private static void ReadVals(ref JsonInput json, FilterNode node)
    {
        node.Vals.Clear();
        if (!json.BeginArray())
        {
            return;
        }

        while (json.NextElement())
        {
            node.Vals.Add(json.ReadString());
        }
    }

    private static void ReadNodes(ref JsonInput json, FilterNode node)
    {
        node.Nodes.Clear();
        if (!json.BeginArray())
        {
            return;
        }

        while (json.NextElement())
        {
            node.Nodes.Add(json.BeginObject() ? Read(ref json) : new FilterNode());
        }
    }
}
