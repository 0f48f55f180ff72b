using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>The calls that change people, and the metrics of deliveries.</summary>
internal sealed class TrackEndpoints(TimeProvider clock, CustomerIoFaults faults)
{
    // The contract gives KB; the smaller reading finds a client that relies on the larger one.
    private const int MaxBatchBytes = 500 * 1_000;
    private const int MaxEntityBytes = 32 * 1_000;
    private const int MaxV1Bytes = 100_000;

    private static readonly string[] Metrics = ["bounced", "clicked", "converted", "deferred", "delivered", "dropped", "opened", "spammed"];

    public async Task BatchAsync(CustomerIoCall call, CustomerIoAccount account)
    {
        using var body = await TrackBody.ReadAsync(call.Context, MaxBatchBytes);
        if (body.Error is { } unreadable)
        {
            await call.RefuseAsync(unreadable);
            return;
        }

        if (
            body.Root.ValueKind != JsonValueKind.Object
            || !body.Root.TryGetProperty("batch"u8, out var items)
            || items.ValueKind != JsonValueKind.Array
            || items.GetArrayLength() == 0
        )
        {
            await call.RefuseAsync(ItemError.Required("batch"));
            return;
        }

        call.Rows = items.GetArrayLength();
        var (fault, ended) = await faults.InjectAsync(call, FaultOperation.Feedback, v1: false);
        if (!ended)
        {
            var errors = Apply(call, account, items, fault);
            await call.CompleteAsync(() => errors.Count == 0 ? call.RespondAsync() : call.RefuseItemsAsync(errors));
        }
    }

    public async Task EntityAsync(CustomerIoCall call, CustomerIoAccount account)
    {
        using var body = await TrackBody.ReadAsync(call.Context, MaxEntityBytes);
        call.Rows = 1;
        var error = body.Error;
        if (error is not null)
        {
            await call.RefuseAsync(error);
            return;
        }

        var (fault, ended) = await faults.InjectAsync(call, FaultOperation.Feedback, v1: false);
        if (ended)
        {
            return;
        }

        error =
            ErrorOf(fault, index: 0, count: 1)
            ?? TrackItem.Read(body.Root, account.Options.PhoneIdentifier, clock.GetUtcNow(), out var item)
            ?? ApplyOne(call, account, item!, fault);
        await call.CompleteAsync(() => error is null ? call.RespondAsync() : call.RefuseAsync(error));
    }

    public async Task V1Async(CustomerIoCall call, CustomerIoAccount account, TrackAction action)
    {
        using var body = await TrackBody.ReadAsync(call.Context, MaxV1Bytes);
        call.Rows = 1;
        if (body.Error is { } unreadable)
        {
            await call.RefuseV1Async(unreadable.Message);
            return;
        }

        var (fault, ended) = await faults.InjectAsync(call, FaultOperation.Feedback, v1: true);
        if (ended)
        {
            return;
        }

        var error =
            ErrorOf(fault, index: 0, count: 1)
            ?? TrackItem.ReadV1(body.Root, action, PersonIn(call), clock.GetUtcNow(), out var item)
            ?? ApplyOne(call, account, item!, fault);
        await call.CompleteAsync(() => error is null ? call.RespondAsync() : call.RefuseV1Async($"{error.Field} {error.Message}".Trim()));
    }

    /// <summary>Suppression and its end, without a body.</summary>
    public async Task BlockAsync(CustomerIoCall call, CustomerIoAccount account, bool suppress)
    {
        var (fault, ended) = await faults.InjectAsync(call, FaultOperation.Feedback, v1: true);
        if (ended)
        {
            return;
        }

        if (fault == FaultKind.SilentDrop)
        {
            account.People.Ignore(PersonRegistry.SilentDrop, 1);
        }
        else if (suppress)
        {
            account.People.Suppress(PersonIn(call));
        }
        else
        {
            account.People.Unsuppress(PersonIn(call));
        }

        await call.CompleteAsync(call.RespondAsync);
    }

    /// <summary>Has no authentication and no other answer than 200 (contract customerio 6.1.1).</summary>
    public async Task MetricsAsync(CustomerIoCall call, DeliveryMetrics metrics)
    {
        using var body = await TrackBody.ReadAsync(call.Context, MaxEntityBytes);
        call.Rows = 1;
        var (fault, ended) = await faults.InjectAsync(call, FaultOperation.Metrics, v1: true);
        if (ended)
        {
            return;
        }

        if (fault != FaultKind.SilentDrop)
        {
            Add(metrics, body);
        }

        await call.CompleteAsync(call.RespondAsync);
    }

    private void Add(DeliveryMetrics metrics, TrackBody body)
    {
        if (
            body.Error is null
            && body.Root.ValueKind == JsonValueKind.Object
            && Text(body.Root, "delivery_id") is { Length: > 0 } delivery
            && Text(body.Root, "metric") is { } metric
            && Metrics.Contains(metric)
        )
        {
            var given = body.Root.TryGetProperty("timestamp"u8, out var time) && time.ValueKind == JsonValueKind.Number;
            var timestamp = given && time.TryGetInt64(out var seconds) ? seconds : clock.GetUtcNow().ToUnixTimeSeconds();
            metrics.Add(delivery, metric, timestamp, Text(body.Root, "reason"));
        }
        else
        {
            metrics.AddInvalid();
        }
    }

    private List<(int? Index, ItemError Error)> Apply(CustomerIoCall call, CustomerIoAccount account, JsonElement items, FaultKind? fault)
    {
        var errors = new List<(int?, ItemError)>();
        foreach (var (index, json) in items.EnumerateArray().Index())
        {
            var error =
                ErrorOf(fault, index, items.GetArrayLength())
                ?? TrackItem.Read(json, account.Options.PhoneIdentifier, clock.GetUtcNow(), out var item)
                ?? ApplyOne(call, account, item!, fault);
            if (error is not null)
            {
                errors.Add((index, error));
                account.Refused.Add(json, error, call.At);
            }
        }

        call.Effect = call.Effect with { Invalid = errors.Count };
        return errors;
    }

    private static ItemError? ApplyOne(CustomerIoCall call, CustomerIoAccount account, TrackItem item, FaultKind? fault)
    {
        if (fault == FaultKind.SilentDrop)
        {
            account.People.Ignore(PersonRegistry.SilentDrop, 1);
            return null;
        }

        var error = account.People.Apply(item, account.Options, out var applied);
        call.Effect = call.Effect with { Applied = call.Effect.Applied + (error is null && applied ? 1 : 0) };
        return error;
    }

    // The share of a call that a rule refuses: the second half, or the first item.
    private static ItemError? ErrorOf(FaultKind? fault, int index, int count) =>
        fault switch
        {
            FaultKind.Partial when index >= count / 2 => ItemError.Scripted,
            FaultKind.InvalidRows when index == 0 => ItemError.ScriptedInvalid,
            _ => null,
        };

    // Routing leaves an escaped slash as it is.
    private static Identifier PersonIn(CustomerIoCall call) =>
        Identifier.OfPath(
            ((string)call.Context.Request.RouteValues["identifier"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
        );

    private static string? Text(JsonElement json, string field) =>
        json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
