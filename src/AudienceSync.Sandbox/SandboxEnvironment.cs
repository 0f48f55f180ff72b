using System.Text.Json;

namespace AudienceSync.Sandbox;

/// <summary>Reads <see cref="SandboxOptions"/> from SANDBOX_URLS, SANDBOX_ADMIN_TOKEN and SANDBOX_CONFIG.</summary>
internal static class SandboxEnvironment
{
    public static SandboxOptions Read(Func<string, string?> variable)
    {
        var options = new SandboxOptions();
        return options with
        {
            Urls = Urls(variable("SANDBOX_URLS"), options.Urls),
            AdminToken = NullWhenBlank(variable("SANDBOX_ADMIN_TOKEN")),
            Accounts = Accounts(NullWhenBlank(variable("SANDBOX_CONFIG"))),
        };
    }

    private static string Urls(string? given, string fallback)
    {
        var urls = NullWhenBlank(given) ?? fallback;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
            {
                throw new SandboxSettingsException("SANDBOX_URLS must be http:// addresses separated by semicolons.");
            }
        }

        return urls;
    }

    private static IReadOnlyList<AccountSettings> Accounts(string? path)
    {
        if (path is null)
        {
            return [];
        }

        try
        {
            using var file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file);
            return SandboxJson.Accounts(
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("accounts"u8, out var accounts)
                    ? accounts
                    : document.RootElement
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SandboxSettingsException($"SANDBOX_CONFIG cannot be read: {path}");
        }
        catch (JsonException exception)
        {
            throw new SandboxSettingsException(
                $"SANDBOX_CONFIG is invalid at {exception.Path ?? "$"}: not JSON, an unknown or missing field, or a wrong type."
            );
        }
    }

    private static string? NullWhenBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
