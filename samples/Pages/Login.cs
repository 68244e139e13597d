using Microsoft.AspNetCore.Http;

namespace WsCluster.Samples.Pages;

/// <summary>
/// Who a page says its visitor is. A real application has a login here; the name travels in the token, so that the gateway shows it to
/// others and nobody can take another's.
/// </summary>
/// <param name="User">The page's own random id.</param>
/// <param name="Name">What others see.</param>
public sealed record Login(string User, string Name)
{
    /// <summary>A token, or what is wrong.</summary>
    public IResult Answer(PageOptions page, int mostCharacters)
    {
        var name = (Name ?? "").Trim();
        return name.Length > 0 && name.Length <= mostCharacters && User is { Length: > 0 and <= 40 }
            ? Results.Json(new { token = Token.Issue(page.TokenSecret, User, new { name }, TimeSpan.FromHours(1)) })
            : Results.BadRequest($"A name of 1 to {mostCharacters} characters is needed.");
    }
}
