using System.Text.Json;

namespace WsCluster.Gateway.ServerApi;

/// <summary>What a method answers: an error, or a result that writes the members of its JSON object.</summary>
internal readonly struct ApiReply
{
    private readonly Action<Utf8JsonWriter>? _writeMembers;

    private readonly string? _words; // of the application's own no

    private ApiReply(ErrorCode error, Action<Utf8JsonWriter>? writeMembers, string? words = null)
    {
        Error = error;
        _writeMembers = writeMembers;
        _words = words;
    }

    /// <summary>The result <c>{}</c>.</summary>
    public static ApiReply Empty { get; } = new(ErrorCode.None, null);

    /// <summary>Why the call failed, or the application's own number for it; <see cref="ErrorCode.None"/> when it did not.</summary>
    public ErrorCode Error { get; }

    /// <summary>An error.</summary>
    public static ApiReply Failed(ErrorCode error) => new(error, null);

    /// <summary>
    /// What the cluster refused a call with: of the application's own no its code and words, of everything else the error's fixed
    /// text, whatever the exception says.
    /// </summary>
    public static ApiReply Failed(WsClusterException failure) =>
        failure.Denial is { } denial ? new((ErrorCode)denial.Code, null, denial.Reason) : Failed(failure.Code);

    /// <summary>A result.</summary>
    public static ApiReply Of(Action<Utf8JsonWriter> writeMembers) => new(ErrorCode.None, writeMembers);

    /// <summary>Writes <c>"result":{…}</c> under the given name, or <c>"error":{…}</c>, as a member of the current object.</summary>
    public void WriteMember(Utf8JsonWriter json, string resultName = "result")
    {
        json.WriteStartObject(Error == ErrorCode.None ? resultName : "error");
        if (Error == ErrorCode.None)
        {
            _writeMembers?.Invoke(json);
        }
        else
        {
            WriteError(json);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the error's members into the current object.</summary>
    public void WriteError(Utf8JsonWriter json)
    {
        json.WriteNumber("code", (int)Error);
        json.WriteString("message", _words is not null ? _words : Error == ErrorCode.MethodNotFound ? "not found" : Error.Message());
    }
}
