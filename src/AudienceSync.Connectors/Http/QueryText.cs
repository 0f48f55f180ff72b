using System.Net;

namespace AudienceSync.Connectors.Http;

/// <summary>
/// A query value as a form encodes it, with <c>+</c> for a space. Its parameter is marked as encoded, because Refit itself would write
/// <c>%20</c>.
/// </summary>
internal static class QueryText
{
    public static string Encode(string text) => WebUtility.UrlEncode(text);
}
