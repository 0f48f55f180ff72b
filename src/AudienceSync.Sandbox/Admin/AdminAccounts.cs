using System.Text.Json;
using AudienceSync.Sandbox.Meta;

namespace AudienceSync.Sandbox.Admin;

internal static class AdminAccounts
{
    /// <summary>Takes one account or an array of them, in the shape of the configuration file.</summary>
    public static async Task UpsertAsync(HttpContext context, MetaPlatform meta)
    {
        if (await AdminAnswer.ReadAsync<JsonDocument>(context) is not { } document)
        {
            return;
        }

        using (document)
        {
            await UpsertAsync(context, meta, document.RootElement);
        }
    }

    private static async Task UpsertAsync(HttpContext context, MetaPlatform meta, JsonElement body)
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
            if (meta.Upsert(account) is { } complaint)
            {
                await AdminAnswer.ProblemAsync(
                    context, StatusCodes.Status400BadRequest, "invalid_account", $"{account.Account}: {complaint}");
                return;
            }
        }

        // The token and the secret are not shown again.
        await AdminAnswer.WriteAsync(context, StatusCodes.Status200OK, meta.Accounts.Select(account => new
        {
            account = account.Id,
            tier = account.Settings.Tier,
            calls_per_hour = account.CallsPerHour,
            audiences = account.Audiences.Select(audience => audience.Id),
        }));
    }
}
