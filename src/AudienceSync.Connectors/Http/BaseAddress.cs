namespace AudienceSync.Connectors.Http;

/// <summary>An address from the configuration to which paths are added.</summary>
internal static class BaseAddress
{
    /// <summary>The address with a slash at its end.</summary>
    /// <exception cref="DestinationSettingsException">invalid_base_url, invalid_token_url: not http or https, or with more than host and
    /// path.</exception>
    public static Uri Of(Uri? given, Uri platformDefault)
    {
        var url = Plain(given ?? platformDefault, "base_url");
        return url.AbsoluteUri.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
    }

    /// <summary>The address of one version of a platform's API.</summary>
    /// <param name="baseUrl">With a slash at its end.</param>
    /// <param name="version">As the platform writes it in its paths.</param>
    public static Uri Versioned(Uri baseUrl, string version) => new(baseUrl, version + "/");

    /// <summary>An address used as it is.</summary>
    /// <exception cref="DestinationSettingsException">As above.</exception>
    public static Uri Plain(Uri url, string setting)
    {
        var isPlain = url.IsAbsoluteUri && url.Scheme is "http" or "https" && (url.UserInfo + url.Query + url.Fragment).Length == 0;
        return isPlain
            ? url
            : throw new DestinationSettingsException($"invalid_{setting}", $"{setting} must be an http or https address without user, query or fragment.");
    }
}
