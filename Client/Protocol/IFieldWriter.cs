namespace WsCluster.Client.Protocol;

/// <summary>
/// Writes the fields of a message, each with its number (Protobuf) and its name (JSON). What is zero or empty is left out, as
/// the protocol wants it; a message that is there is written even when it is empty.
/// </summary>
internal interface IFieldWriter
{
    void Text(int number, string name, string? value);

    void Number(int number, string name, ulong value);

    /// <summary>A number that may be negative.</summary>
    void Signed(int number, string name, int value);

    void Flag(int number, string name, bool value);

    /// <summary>Payload bytes. In JSON they must be one JSON value, which is put in as it is.</summary>
    void Data(int number, string name, ReadOnlyMemory<byte>? value);

    void Message(int number, string name, IOutgoing? value);

    void Messages(int number, string name, IReadOnlyCollection<IOutgoing> values);

    void Texts(int number, string name, IReadOnlyCollection<string> values);

    void Map(int number, string name, IReadOnlyDictionary<string, IOutgoing> values);

    void TextMap(int number, string name, IReadOnlyDictionary<string, string> values);
}
