using System.Text.Json;

namespace AudienceSync.Sandbox.Admin;

internal static class AdminAccounts
{
    /// <summary>Takes one account or an array of them, in the shape of the configuration file.</summary>
    public static async Task UpsertAsync(HttpContext context, IReadOnlyList<IPlatform> platforms)
    {
        if (await AdminAnswer.ReadAsync<JsonDocument>(context) is not { } document)
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
        catch (JsonException wrong)
        {
            await AdminAnswer.ProblemAsync(
                context,
                StatusCodes.Status400BadRequest,
                "invalid_body",
                $"The body does not fit at {wrong.Path ?? "$"}: an unknown or missing field, or a wrong type.");
            return;
        }

        foreach (var account in accounts)
        {
            if (AccountSettings.Upsert(platforms, account) is { } complaint)
            {
                await AdminAnswer.ProblemAsync(
                    context, StatusCodes.Status400BadRequest, "invalid_account", $"{account.Account}: {complaint}");
                return;
            }
        }

        await AdminAnswer.WriteAsync(context, StatusCodes.Status200OK, platforms.SelectMany(platform => platform.Accounts));
    }
}
