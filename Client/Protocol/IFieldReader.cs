namespace WsCluster.Client.Protocol;

/// <summary>A message that the client receives. It knows the numbers of its fields; what reads them knows the encoding.</summary>
internal interface IIncoming<T>
    where T : IIncoming<T>
{
    /// <summary>Reads the fields until there are no more.</summary>
    static abstract T Read<TReader>(ref TReader reader)
        where TReader : IFieldReader, allows ref struct;
}

/// <summary>Reads the fields of a message, one after the other, whatever the encoding.</summary>
internal interface IFieldReader
{
    /// <summary>Goes to the next field that <paramref name="names"/> has; others are skipped. Its value must then be read.</summary>
    bool Next(FieldNames names, out int number);

    string Text();

    ulong Number();

    bool Flag();

    /// <summary>Payload bytes, copied. In JSON: the value as it was written.</summary>
    ReadOnlyMemory<byte> Data();

    T Message<T>()
        where T : IIncoming<T>;

    /// <summary>Adds what this field has: in JSON all elements of an array, in Protobuf one.</summary>
    void Messages<T>(List<T> into)
        where T : IIncoming<T>;

    /// <summary>Adds what this field has: in JSON all members of an object, in Protobuf one.</summary>
    void Map<T>(Dictionary<string, T> into)
        where T : IIncoming<T>;

    void TextMap(Dictionary<string, string> into);
}
