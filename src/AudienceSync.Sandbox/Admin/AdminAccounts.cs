using System.Text.Json;

namespace AudienceSync.Sandbox.Admin;

internal static class AdminAccounts
{
    /// <summary>Accepts one account or an array of accounts, in the format of the configuration file.</summary>
    public static async Task UpsertAsync(HttpContext context, IReadOnlyList<IPlatform> platforms)
    {
        if (await AdminResponse.ReadAsync<JsonDocument>(context) is not { } document)
        {
            return;
        }

        using (document)
        {
            await UpsertAsync(context, platforms, document.RootElement);
        }
    }

    private static async Task UpsertAsync(HttpContext context, IReadOnlyList<IPlatform> platforms, JsonElement body)
    {
        IReadOnlyList<AccountSettings> accounts;
        try
        {
            accounts = SandboxJson.Accounts(body);
        }
        catch (JsonException exception)
        {
            await AdminResponse.ProblemAsync(
                context,
                StatusCodes.Status400BadRequest,
                "invalid_body",
                $"The body is invalid at {exception.Path ?? "$"}: an unknown or missing field, or a wrong type."
            );
            return;
        }

        foreach (var account in accounts)
        {
            if (AccountSettings.Upsert(platforms, account) is { } error)
            {
                await AdminResponse.ProblemAsync(
                    context,
                    StatusCodes.Status400BadRequest,
                    "invalid_account",
                    $"{account.Account}: {error}"
                );
                return;
            }
        }

        await AdminResponse.WriteAsync(context, StatusCodes.Status200OK, platforms.SelectMany(platform => platform.Accounts));
    }
}
