using Microsoft.Extensions.Options;

namespace WsCluster;

/// <summary>Stops a process with wrong settings at its start, however the options were filled.</summary>
internal sealed class ClientOptionsValidator : IValidateOptions<WsClusterClientOptions>
{
    public ValidateOptionsResult Validate(string? name, WsClusterClientOptions options)
    {
        var errors = options.FindErrors().ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
