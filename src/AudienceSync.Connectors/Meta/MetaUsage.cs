using System.Net.Http.Headers;
using System.Text.Json;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// The contents of the usage headers (contracts/meta.md 13.2). All are optional and none is trusted: a header that cannot be parsed counts
/// as not sent.
/// </summary>
/// <param name="Account">What the engine plans with; null when no header contains our usage.</param>
/// <param name="Regain">The longest wait in any header, of any bucket: the one to honor once we are throttled.</param>
internal readonly record struct MetaUsage(AccountUsage? Account, TimeSpan? Regain)
{
    /// <summary>The bucket of customer lists. Another bucket at its limit concerns another program.</summary>
    private const string OurBucket = "custom_audience";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    public static MetaUsage Read(HttpResponseHeaders headers, string accountNumber)
    {
        var tally = new Tally();
        Visit(headers, "X-Business-Use-Case-Usage", root => tally.AddBusiness(root, accountNumber));
        Visit(headers, "X-Ad-Account-Usage", tally.AddAdAccount);
        Visit(headers, "X-App-Usage", root => tally.Use(Percent(root), regain: null));
        return new MetaUsage(tally.Used is { } used ? new AccountUsage(used, tally.OurRegain) : null, tally.AnyRegain);
    }

    private static void Visit(HttpResponseHeaders headers, string name, Action<JsonElement> visit)
    {
        if (!headers.TryGetValues(name, out var values))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(string.Join(',', values), Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                visit(document.RootElement);
            }
        }
        catch (JsonException)
        {
            // A header that cannot be parsed counts as missing.
            return;
        }
    }

    /// <summary>The highest of the three shares; any of them at 100 throttles.</summary>
    private static double? Percent(JsonElement usage) =>
        Max(Max(Number(usage, "call_count"), Number(usage, "total_cputime")), Number(usage, "total_time"));

    private static double? Number(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number)
        && double.IsFinite(number)
        && number >= 0
            ? number
            : null;

    private static double? Max(double? a, double? b) => a is null || b > a ? b : a;

    private static TimeSpan? Wait(double? amount, TimeSpan unit) =>
        amount > 0 ? TimeSpan.FromTicks((long)Math.Min(amount.Value * unit.Ticks, MetaLimits.MaxWait.Ticks)) : null;

    private sealed class Tally
    {
        private const int MaxPercent = 1000;

        public int? Used { get; private set; }

        public TimeSpan? OurRegain { get; private set; }

        public TimeSpan? AnyRegain { get; private set; }

        public void AddBusiness(JsonElement root, string accountNumber)
        {
            if (root.TryGetProperty(accountNumber, out var ours))
            {
                AddBuckets(ours);
                return;
            }

            foreach (var entry in root.EnumerateObject())
            {
                AddBuckets(entry.Value);
            }
        }

        public void AddAdAccount(JsonElement root)
        {
            const double Full = 100;
            var percent = Number(root, "acc_id_util_pct");

            // The reset is the end of a period that always runs; it is a wait only when nothing is left.
            Use(percent, percent >= Full ? Wait(Number(root, "reset_time_duration"), TimeSpan.FromSeconds(1)) : null);
        }

        public void Use(double? percent, TimeSpan? regain)
        {
            if (percent is { } share)
            {
                Used = Math.Max(Used ?? 0, (int)Math.Ceiling(Math.Min(share, MaxPercent)));
            }

            OurRegain = Longer(OurRegain, regain);
            AnyRegain = Longer(AnyRegain, regain);
        }

        private static TimeSpan? Longer(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;

        private void AddBuckets(JsonElement buckets)
        {
            if (buckets.ValueKind != JsonValueKind.Array)
            {
                return;
            }

            foreach (var bucket in buckets.EnumerateArray().Where(bucket => bucket.ValueKind == JsonValueKind.Object))
            {
                var regain = Wait(Number(bucket, "estimated_time_to_regain_access"), TimeSpan.FromMinutes(1));
                if (!bucket.TryGetProperty("type", out var type) || type.ValueEquals(OurBucket))
                {
                    Use(Percent(bucket), regain);
                }
                else
                {
                    AnyRegain = Longer(AnyRegain, regain);
                }
            }
        }
    }
}
