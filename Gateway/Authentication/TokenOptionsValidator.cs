using Microsoft.Extensions.Options;

namespace WsCluster.Gateway.Authentication;

/// <summary>Checks the ranges of <see cref="TokenOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class TokenOptionsValidator : IValidateOptions<TokenOptions>;
