using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>HTTP basic authentication with the site id as user and the API key as password (contract customerio 4.1).</summary>
internal static class Credentials
{
    public static CustomerIoAccount? Find(CustomerIoPlatform platform, IHeaderDictionary headers)
    {
        if (
            headers.Authorization is not [{ } header]
            || !AuthenticationHeaderValue.TryParse(header, out var given)
            || !"Basic".Equals(given.Scheme, StringComparison.OrdinalIgnoreCase)
            || Decode(given.Parameter) is not { } pair
            || pair.Split(':', count: 2) is not [var siteId, var key]
        )
        {
            return null;
        }

        return platform.FindAccount(siteId) is { } account && IsKey(account, key) ? account : null;
    }

    private static bool IsKey(CustomerIoAccount account, string key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(account.Settings.Token), Encoding.UTF8.GetBytes(key));

    private static string? Decode(string? base64)
    {
        var bytes = new byte[base64?.Length ?? 0];
        return Convert.TryFromBase64String(base64 ?? "", bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
