using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>Audiences (contracts/tiktok.md 5.1 and 6).</summary>
internal sealed class TikTokAudiences(TikTokSettings settings, TikTokCalls calls, ITikTokApi api)
{
    private const int PageSize = 100;

    /// <summary>An advertiser has at most 400 audiences (7); more pages than this mean that paging does not work.</summary>
    private const int MaxPages = 20;

    /// <summary>Only audiences created through this API accept members from it, and they are shown as this type (5.1).</summary>
    private const string OurType = "Partner";

    public async ValueTask<EnsuredAudience> EnsureAsync(AudienceDefinition wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (TikTokChecks.OfName(wanted.Name) is { } invalid)
        {
            return new EnsuredAudience(new Outcome(OutcomeKind.StopAudience, invalid.Code));
        }

        // Duplicate names are accepted silently and creation is not idempotent (5.1), so search first.
        if (await FindAsync(wanted.Name, cancellationToken) is { } found)
        {
            return found;
        }

        var created = await calls.MakeAsync(
            async token =>
            {
                using var body = TikTokPayload.Create(settings, wanted.Name);
                return await api.AudienceAsync(body, token);
            },
            cancellationToken
        );
        return (created.IsGood, created.Answer?.Data.Digits("audience_id")) switch
        {
            (false, _) => new EnsuredAudience(created.Outcome),
            (true, { } id) => new EnsuredAudience(Outcome.Done, new RemoteAudienceId(id)),
            _ => new EnsuredAudience(new Outcome(OutcomeKind.Retry, "not_understood")),
        };
    }

    public async ValueTask<AudienceReport> ReadAsync(RemoteAudienceId audience, CancellationToken cancellationToken)
    {
        if (!JsonFields.IsDigits(audience.Value ?? ""))
        {
            return new AudienceReport(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"));
        }

        var reply = await calls.MakeAsync(token => api.GetAsync(settings.Advertiser, $"[\"{audience}\"]", 1, token), cancellationToken);
        if (!reply.IsGood)
        {
            return new AudienceReport(reply.Outcome);
        }

        var reported = reply.Answer!.Data.Items("list").Select(item => item.Object("audience_details")).OfType<JsonElement>().ToList();
        var ours = reported.FindAll(details => details.Digits("audience_id") == audience.Value);
        return (ours.Count, reported.Count) switch
        {
            (1, _) => Report(ours[0]),
            (0, 0) => new AudienceReport(new Outcome(OutcomeKind.StopAudience, "tiktok_audience_not_there")),
            (0, _) => new AudienceReport(new Outcome(OutcomeKind.Retry, JsonFields.OfAnother)),

            // Two states for one audience are not a valid response.
            _ => new AudienceReport(new Outcome(OutcomeKind.Retry, "not_understood")),
        };
    }

    public async ValueTask<Outcome> DeleteAsync(RemoteAudienceId audience, CancellationToken cancellationToken)
    {
        if (!JsonFields.IsDigits(audience.Value ?? ""))
        {
            return new Outcome(OutcomeKind.StopAudience, "invalid_audience_id");
        }

        var reply = await calls.MakeAsync(
            async token =>
            {
                using var body = TikTokPayload.Delete(settings, audience);
                return await api.AudienceAsync(body, token);
            },
            cancellationToken
        );

        // It does not exist, which is the intended result.
        return reply.Answer?.Code == 40007 ? Outcome.Done : reply.Outcome;
    }

    /// <summary>The cheapest request that needs access to the advertiser.</summary>
    public async ValueTask<Outcome> TouchAsync(CancellationToken cancellationToken) =>
        (await calls.MakeAsync(token => api.ListAsync(settings.Advertiser, 1, 1, token), cancellationToken)).Outcome;

    /// <summary>The audience of this name, or the reason why the search failed; null when there is none.</summary>
    private async ValueTask<EnsuredAudience?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        for (var page = 1; page <= MaxPages; page++)
        {
            var number = page;
            var reply = await calls.MakeAsync(token => api.ListAsync(settings.Advertiser, number, PageSize, token), cancellationToken);
            if (!reply.IsGood)
            {
                return new EnsuredAudience(reply.Outcome);
            }

            found.AddRange(
                reply
                    .Answer!.Data.Items("list")
                    .Where(audience => IsOurs(audience, name))
                    .Select(audience => audience.Digits("audience_id"))
                    .OfType<string>()
            );
            if (page >= (reply.Answer.Data.Object("page_info")?.Number("total_page") ?? 0))
            {
                // When pages shift between two requests, the same audience can appear twice.
                return found.Distinct(StringComparer.Ordinal).Count() switch
                {
                    0 => null,
                    1 => new EnsuredAudience(Outcome.Done, new RemoteAudienceId(found[0]), AlreadyExisted: true),
                    _ => new EnsuredAudience(new Outcome(OutcomeKind.StopAudience, "tiktok_name_is_there_twice")),
                };
            }
        }

        return new EnsuredAudience(new Outcome(OutcomeKind.Retry, "too_many_pages"));
    }

    // The list endpoint names the type audience_type, the single read names it type (6.2).
    private static bool IsOurs(JsonElement audience, string name) =>
        audience.Text("name") == name
        && (audience.Text("audience_type") ?? audience.Text("type") ?? "").StartsWith(OurType, StringComparison.Ordinal);

    private static AudienceReport Report(JsonElement details)
    {
        var size = details.Number("cover_num");
        var (state, code) = (details.Truth("is_valid"), details.Truth("is_expiring"), size) switch
        {
            (true, true, _) => (AudienceState.Warning, "tiktok_expiring"),
            (true, _, _) => (AudienceState.Ready, "tiktok_valid"),
            (false, _, < TikTokLimits.SmallestServing) => (AudienceState.TooSmall, "tiktok_too_small"),
            (false, _, _) => (AudienceState.Busy, "tiktok_not_valid"),
            _ => (AudienceState.Unknown, "tiktok_not_reported"),
        };
        return new AudienceReport(Outcome.Done, state, code, details.Text("name"), size, size);
    }
}
