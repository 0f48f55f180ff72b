namespace AudienceSync.Connectors.Http;

/// <summary>An address from the configuration to which paths are added.</summary>
internal static class BaseAddress
{
    public static Uri WithSlash(Uri url) => url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");

    /// <summary>The address of one version of a platform's API.</summary>
    /// <param name="baseUrl">With a slash at its end.</param>
    /// <param name="version">As the platform writes it in its paths.</param>
    public static Uri Versioned(Uri baseUrl, string version) => new(baseUrl, version + "/");

    /// <summary>Whether it is http or https, with no more than host and path.</summary>
    public static bool IsPlain(Uri url) =>
        url.IsAbsoluteUri && url.Scheme is "http" or "https" && (url.UserInfo + url.Query + url.Fragment).Length == 0;

    public static string MustBePlain(string setting) => $"{setting} must be an http or https address without user, query or fragment.";
}
