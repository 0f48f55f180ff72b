using System.Text.Json;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Alerting;

/// <summary>PagerDuty's Events API v2 (contract alerts 3.3). The account's token is the routing key.</summary>
internal sealed class PagerDutyApi(AlertingPlatform<PagerDutyIncidents> platform, PlatformParts parts)
{
    public const string PlatformName = "pagerduty";

    private const int KeyLength = 32;
    private const int CallsPerMinute = 120;
    private const int MaxSummary = 1_024;
    private const int MaxDedupKey = 255;

    private static readonly string[] Actions = ["trigger", "acknowledge", "resolve"];
    private static readonly string[] Severities = ["critical", "error", "warning", "info"];

    public static IPlatform Open(WebApplication app, PlatformParts parts)
    {
        var platform = new AlertingPlatform<PagerDutyIncidents>(
            PlatformName,
            parts.Clock,
            () => new PagerDutyIncidents(),
            incidents => incidents.Clear()
        );
        var api = new PagerDutyApi(platform, parts);
        app.MapPost("/pagerduty/v2/enqueue", api.EnqueueAsync);
        return platform;
    }

    private async Task EnqueueAsync(HttpContext context)
    {
        var call = new AlertingCall(context, parts.Calls, parts.Clock.GetUtcNow(), PlatformName) { Operation = "alert", Rows = 1 };
        using var body = await call.ReadAsync();
        if (body is null || ErrorOf(body.RootElement) is not null)
        {
            await InvalidAsync(call, body is null ? "JSON cannot be parsed" : ErrorOf(body.RootElement)!);
            return;
        }

        if (platform.FindBySecret(Text(body.RootElement, "routing_key")!) is not { } found)
        {
            await InvalidAsync(call, "Invalid routing key");
            return;
        }

        var budget = platform
            .CallBudgets.Of(found.Account, "events")
            .Take([new WindowLimit("minute", TimeSpan.FromMinutes(1), CallsPerMinute)]);
        call.Violation = budget.Violation;
        if (budget.Refusing is not null)
        {
            await call.ThrottleAsync(60, "");
            return;
        }

        var (rule, ended) = await call.InjectFaultAsync(parts.Faults, parts.Clock, FaultOperation.Alert, audience: null, list: null);
        if (!ended)
        {
            await ApplyAsync(call, rule?.Kind, body.RootElement, found.Received);
        }
    }

    private static Task ApplyAsync(AlertingCall call, FaultKind? fault, JsonElement body, PagerDutyIncidents incidents) =>
        fault switch
        {
            FaultKind.ServerError => call.TextAsync(StatusCodes.Status500InternalServerError, ""),
            FaultKind.Throttle => call.ThrottleAsync(30, ""),
            FaultKind.TokenExpired or FaultKind.Ban => InvalidAsync(call, "Invalid routing key"),
            FaultKind.BadRequest or FaultKind.ErrorIn200 => InvalidAsync(call, "'payload.source' is missing or blank"),
            _ => ProcessAsync(call, body, incidents),
        };

    private static Task ProcessAsync(AlertingCall call, JsonElement body, PagerDutyIncidents incidents)
    {
        var (key, action) = (Text(body, "dedup_key")!, Text(body, "event_action"));
        if (action == "trigger")
        {
            incidents.Trigger(key, body.GetProperty("payload"));
        }
        else if (action == "resolve")
        {
            incidents.Resolve(key);
        }

        return call.CompleteAsync(() =>
            call.RespondAsync(
                StatusCodes.Status202Accepted,
                new
                {
                    status = "success",
                    message = "Event processed",
                    dedup_key = key,
                }
            )
        );
    }

    private static Task InvalidAsync(AlertingCall call, string error) =>
        call.RespondAsync(
            StatusCodes.Status400BadRequest,
            new
            {
                status = "invalid event",
                message = "Event object is invalid",
                errors = new[] { error },
            }
        );

    private static string? ErrorOf(JsonElement body)
    {
        if (Text(body, "routing_key")?.Length != KeyLength)
        {
            return "Length of 'routing_key' is incorrect (should be 32 characters)";
        }

        if (!Actions.Contains(Text(body, "event_action")))
        {
            return "'event_action' is missing or blank";
        }

        // Without a key PagerDuty makes one; nobody could resolve that incident, so the sandbox does not.
        if (Text(body, "dedup_key") is not { Length: > 0 and <= MaxDedupKey })
        {
            return "'dedup_key' is missing or blank";
        }

        if (Text(body, "event_action") != "trigger")
        {
            return null;
        }

        return !body.TryGetProperty("payload", out var payload) || payload.ValueKind != JsonValueKind.Object
                ? "'payload' is missing or blank"
            : Text(payload, "summary") is not { Length: > 0 and <= MaxSummary } ? "'payload.summary' is missing or blank"
            : string.IsNullOrEmpty(Text(payload, "source")) ? "'payload.source' is missing or blank"
            : !Severities.Contains(Text(payload, "severity")) ? "'payload.severity' is invalid"
            : null;
    }

    private static string? Text(JsonElement json, string field) =>
        json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
