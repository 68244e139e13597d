using Google.Protobuf;

namespace WsCluster.Gateway.Protocol;

/// <summary>Members that are left out when their value is zero, as the protocol wants (protocol §3).</summary>
internal static class JsonMembers
{
    /// <summary>Writes a string, unless it is empty.</summary>
    public static void Member(this JsonOutput json, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            json.Name(name);
            json.Value(value);
        }
    }

    /// <summary>Writes an unsigned number, unless it is zero.</summary>
    public static void Member(this JsonOutput json, ReadOnlySpan<byte> name, ulong value)
    {
        if (value != 0)
        {
            json.Name(name);
            json.Value(value);
        }
    }

    /// <summary>Writes a number, unless it is zero.</summary>
    public static void Member(this JsonOutput json, ReadOnlySpan<byte> name, long value)
    {
        if (value != 0)
        {
            json.Name(name);
            json.Value(value);
        }
    }

    /// <summary>Writes a true boolean.</summary>
    public static void Member(this JsonOutput json, ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            json.Name(name);
            json.Value(value);
        }
    }

    /// <summary>Inlines JSON bytes, unless there are none.</summary>
    public static void Member(this JsonOutput json, ReadOnlySpan<byte> name, ByteString value)
    {
        if (!value.IsEmpty)
        {
            json.Name(name);
            json.Raw(value);
        }
    }
}
