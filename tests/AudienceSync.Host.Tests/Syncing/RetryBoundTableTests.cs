using AudienceSync.Connectors.Google;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.TikTok;
using AudienceSync.Connectors.Webhook;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>
/// Every row of every connector's outcome table, returned for ever, in virtual time and without a database: it ends, after few calls.
/// </summary>
public sealed class RetryBoundTableTests
{
    private const int Seed = 20261129;

    /// <summary>In 48 hours, whatever the response.</summary>
    private const int MaxCalls = 150;

    private static readonly DateTimeOffset Start = new(2026, 11, 29, 9, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Watched = TimeSpan.FromHours(48);

    public static TheoryData<string, Outcome> Rows()
    {
        var rows = new TheoryData<string, Outcome>();
        AddPlatforms(rows);
        AddTransport(rows);
        rows.Add("a server that requests a minute each time", new Outcome(OutcomeKind.Retry, "webhook_503", TimeSpan.FromMinutes(1)));
        rows.Add("a throttle that requests a second each time", new Outcome(OutcomeKind.Snooze, "webhook_429", TimeSpan.FromSeconds(1)));
        rows.Add("partly, and nobody is named", new Outcome(OutcomeKind.PartlyDone, "webhook_rejected"));
        return rows;
    }

    private static void AddPlatforms(TheoryData<string, Outcome> rows)
    {
        foreach (var rule in MetaErrors.Rules)
        {
            rows.Add($"meta {rule.Code} {rule.Subcode}", MetaErrors.Of(rule.Code, rule.Subcode));
        }

        foreach (var rule in TikTokErrors.Rules)
        {
            rows.Add($"tiktok {rule.Code}", TikTokErrors.Of(rule.Code, isNotEditable: false));
        }

        rows.Add("tiktok 40002 not editable", TikTokErrors.Of(40002, isNotEditable: true));
        foreach (var rule in GoogleErrors.Reasons.Concat(GoogleErrors.Statuses.Select(row => row.Rule)))
        {
            rows.Add(
                $"google {rule.Code}",
                new Outcome(
                    rule.Kind,
                    $"google_{rule.Code.ToLowerInvariant()}",
                    rule.Kind == OutcomeKind.Snooze ? GoogleLimits.MinuteQuotaWait : null
                )
            );
        }

        rows.Add("google a day's quota", new Outcome(OutcomeKind.Snooze, "google_quota_day", GoogleLimits.UntilDailyReset(Start)));
        rows.Add("google validate only", new Outcome(OutcomeKind.Snooze, "google_validate_only", GoogleLimits.DryRunWait));
        foreach (var rule in WebhookErrors.Rules)
        {
            rows.Add(
                $"webhook {rule.Status}",
                new Outcome(rule.Kind, $"webhook_{rule.Status}", rule.Kind == OutcomeKind.Snooze ? WebhookLimits.ThrottleWait : null)
            );
        }
    }

    private static void AddTransport(TheoryData<string, Outcome> rows)
    {
        foreach (var status in new[] { 400, 404, 413, 429, 500, 502, 503 })
        {
            rows.Add($"meta http {status}", RetryAfterPolicy.OfStatus(status, isJson: false));
            rows.Add($"tiktok http {status}", TikTokErrors.OfStatus(status, isJson: false));
        }

        foreach (
            var code in new[]
            {
                "timeout",
                "network",
                "not_json",
                "not_understood",
                "answer_too_large",
                "answer_about_another",
                "meta_unknown",
                "meta_unknown_424242",
            }
        )
        {
            rows.Add(code, new Outcome(OutcomeKind.Retry, code));
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Any_endlessly_repeated_response_ends_and_costs_few_calls(string row, Outcome outcome)
    {
        foreach (var lane in new[] { Lane.Removals, Lane.Adds })
        {
            var (binding, account, calls) = Play(outcome, lane);
            var next = lane.NextTryOf(binding);
            var sent = $"{row}, {lane.Name}, seed {Seed}: {calls} calls";

            if (outcome.Kind is not (OutcomeKind.SplitBatch or OutcomeKind.PartlyDone))
            {
                calls.ShouldBeLessThanOrEqualTo(MaxCalls, sent);
            }

            switch (RetryBounds.Of(outcome.Kind).End)
            {
                case BoundEnd.Settled:
                    calls.ShouldBe(1, sent);
                    break;
                case BoundEnd.StopAccount:
                    account.StoppedCode.ShouldBe(outcome.Code, sent);
                    break;
                case BoundEnd.StopList:
                    binding.StoppedCode.ShouldBe(outcome.Code, sent);
                    break;
                case BoundEnd.ShowAccount:
                    (binding.Throttled.Since is { } since && since - Start < TimeSpan.FromHours(1)).ShouldBeTrue(sent);
                    (next is null && binding.StoppedCode is null && account.StoppedCode is null).ShouldBeTrue(sent);
                    break;
                default:
                    (next == LaneState.Never || binding.StoppedCode == outcome.Code).ShouldBeTrue(sent);
                    break;
            }
        }
    }

    // How the storage updates the state, without a database.
    private static (Binding Binding, Account Account, int Calls) Play(Outcome outcome, Lane lane)
    {
        var random = new Random(Seed);
        var sizes = new BatchSizes(10_000);
        var account = new Account(null, null, 0);
        var binding = new Binding(1, "k", "1", 1, 0, 0, 0, null, 0, null, null, new NormalizerVersion(1), "main", false, false);
        var (now, calls) = (Start, 0);
        while (now < Start + Watched && account.StoppedCode is null && binding.StoppedCode is null && outcome.Kind != OutcomeKind.Done)
        {
            var due = new[] { account.BlockedUntil ?? now, lane.NextTryOf(binding) ?? now, now }.Max();
            if (due >= Start + Watched)
            {
                break;
            }

            (now, calls) = (due, calls + 1);
            calls.ShouldBeLessThan(1_000, "it never ends");
            if (outcome.Kind is OutcomeKind.SplitBatch or OutcomeKind.PartlyDone)
            {
                sizes.Refused(1, lane.Desired, sizes.Of(1, lane.Desired));
            }

            var state = LaneRule.Failed(
                lane.ProgressOf(binding, sizes.RefusalsOf(1, lane.Desired)),
                new CallAnswer(outcome, [], []),
                now,
                random.NextDouble()
            );
            (binding, account) = Apply(binding, account, lane, state);
        }

        return (binding, account, Math.Max(1, calls));
    }

    private static (Binding Binding, Account Account) Apply(Binding binding, Account account, Lane lane, LaneState state)
    {
        var failing = (state.FailingSince, state.AnswerAt);
        binding = binding with { StoppedCode = state.BindingStopped ?? binding.StoppedCode };
        binding = lane.Desired
            ? binding with
            {
                AddAttempts = state.Attempts,
                AddNextAt = state.NextTryAt,
                AddUnknowns = state.Unknowns,
                AddFailing = failing,
            }
            : binding with
            {
                RemovalAttempts = state.Attempts,
                RemovalNextAt = state.NextTryAt,
                RemovalUnknowns = state.Unknowns,
                RemovalFailing = failing,
            };
        if (state.Throttles is { } throttles)
        {
            binding = binding with { Throttled = (throttles, state.ThrottledSince) };
        }

        return (
            binding,
            account with
            {
                BlockedUntil = state.AccountBlockedUntil ?? account.BlockedUntil,
                StoppedCode = state.AccountStopped ?? account.StoppedCode,
            }
        );
    }
}
