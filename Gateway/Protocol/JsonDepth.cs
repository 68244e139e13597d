namespace WsCluster.Gateway.Protocol;

/// <summary>Tells texts that nest too deep from those that are broken otherwise, after neither could be read.</summary>
internal static class JsonDepth
{
    /// <summary>What is wrong with a text that could not be read.</summary>
    public static CommandReadStatus Fault(ReadOnlySpan<byte> text, int maxDepth)
    {
        var (depth, inString) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case (byte)'\\' when inString:
                    at++;
                    break;
                case (byte)'"':
                    inString = !inString;
                    break;
                case (byte)'{' or (byte)'[' when !inString:
                    if (++depth > maxDepth)
                    {
                        return CommandReadStatus.TooDeep;
                    }

                    break;
                case (byte)'}' or (byte)']' when !inString:
                    depth--;
                    break;
            }
        }

        return CommandReadStatus.Malformed;
    }
}
