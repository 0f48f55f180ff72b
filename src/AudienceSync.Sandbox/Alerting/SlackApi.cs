using System.Text.Json;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Alerting;

/// <summary>Incoming webhooks of Slack (contract alerts 3.2): the last part of the path is the secret.</summary>
internal sealed class SlackApi(AlertingPlatform<SlackMessages> platform, PlatformParts parts)
{
    public const string PlatformName = "slack";

    private const int MaxBlocks = 50;
    private const int MaxHeader = 150;
    private const int MaxSection = 3_000;
    private const int MaxFields = 10;
    private const int MaxField = 2_000;

    // Undocumented: near 13,200 characters a message is refused.
    private const int MaxAll = 13_200;

    // A message a second, with short bursts.
    private const int Burst = 5;

    public static IPlatform Open(WebApplication app, PlatformParts parts)
    {
        var platform = new AlertingPlatform<SlackMessages>(PlatformName, parts.Clock, () => new SlackMessages(), all => all.Clear());
        var api = new SlackApi(platform, parts);
        app.MapPost("/slack/services/{team}/{service}/{secret}", api.PostAsync);
        return platform;
    }

    private async Task PostAsync(HttpContext context)
    {
        var call = new AlertingCall(context, parts.Calls, parts.Clock.GetUtcNow(), PlatformName) { Operation = "alert" };
        if (platform.FindBySecret((string)context.Request.RouteValues["secret"]!) is not { } found)
        {
            await call.TextAsync(StatusCodes.Status404NotFound, "no_service");
            return;
        }

        var budget = platform.CallBudgets.Of(found.Account, "messages").Take([new WindowLimit("5 s", TimeSpan.FromSeconds(Burst), Burst)]);
        call.Violation = budget.Violation;
        if (budget.Refusing is not null)
        {
            await call.ThrottleAsync(1, "rate_limited");
            return;
        }

        using var body = await call.ReadAsync();
        call.Rows = 1;
        var (rule, ended) = await call.InjectFaultAsync(parts.Faults, parts.Clock, FaultOperation.Alert, audience: null, list: null);
        if (ended)
        {
            return;
        }

        var (status, text) = Answer(rule?.Kind, body?.RootElement);
        if (status == StatusCodes.Status429TooManyRequests)
        {
            await call.ThrottleAsync(30, text);
            return;
        }

        if (status == StatusCodes.Status200OK && text == "ok")
        {
            found.Received.Add(body!.RootElement);
        }

        await call.CompleteAsync(() => call.TextAsync(status, text));
    }

    private static (int Status, string Text) Answer(FaultKind? fault, JsonElement? body) =>
        fault switch
        {
            FaultKind.ServerError => (StatusCodes.Status500InternalServerError, "rollup_error"),
            FaultKind.TokenExpired => (StatusCodes.Status404NotFound, "no_service"),
            FaultKind.Ban => (StatusCodes.Status410Gone, "channel_is_archived"),
            FaultKind.BadRequest => (StatusCodes.Status400BadRequest, "invalid_payload"),
            FaultKind.ErrorIn200 => (StatusCodes.Status200OK, "accepted"),
            FaultKind.Throttle => (StatusCodes.Status429TooManyRequests, "rate_limited"),
            _ => body is { } message && Fault(message) is var wrong && wrong is null
                ? (StatusCodes.Status200OK, "ok")
                : (StatusCodes.Status400BadRequest, body is { } given ? Fault(given)! : "invalid_payload"),
        };

    // Null for a message that Slack shows.
    private static string? Fault(JsonElement message)
    {
        if (!message.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
        {
            return "missing_text_or_fallback_or_attachments";
        }

        if (!message.TryGetProperty("blocks", out var blocks))
        {
            return null;
        }

        return blocks.ValueKind != JsonValueKind.Array ? "invalid_blocks_format"
            : blocks.GetArrayLength() > MaxBlocks || blocks.GetRawText().Length > MaxAll || blocks.EnumerateArray().Any(IsTooLarge)
                ? "invalid_blocks"
            : null;
    }

    private static bool IsTooLarge(JsonElement block) =>
        block.GetProperty("type").GetString() switch
        {
            "header" => TextOf(block) > MaxHeader,
            "section" => TextOf(block) > MaxSection
                || (
                    block.TryGetProperty("fields", out var fields)
                    && (
                        fields.GetArrayLength() is 0 or > MaxFields
                        || fields.EnumerateArray().Any(field => field.GetProperty("text").GetString()!.Length > MaxField)
                    )
                ),
            _ => false,
        };

    private static int TextOf(JsonElement block) =>
        block.TryGetProperty("text", out var text) ? text.GetProperty("text").GetString()!.Length : 0;
}
