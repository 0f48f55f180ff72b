using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>Custom audiences for customer lists (contracts/meta.md 5 and 11).</summary>
internal sealed class MetaAudiences(MetaSettings settings, MetaCalls calls, IMetaApi api)
{
    private const string ListFields = "id,name,subtype";
    private const string ReadFields =
        "id,name,operation_status,delivery_status,approximate_count_lower_bound,approximate_count_upper_bound,time_content_updated";
    private const int PageSize = 200;

    /// <summary>An account has at most 500 customer lists (5.1), in addition to other audiences.</summary>
    private const int MaxPages = 100;

    private const int MaxRetentionD = 180;

    public async ValueTask<EnsuredAudience> EnsureAsync(AudienceDefinition wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (MetaChecks.OfName(wanted.Name) is { } invalid)
        {
            return new EnsuredAudience(new Outcome(OutcomeKind.StopAudience, invalid.Code));
        }

        if (await FindAsync(wanted.Name, cancellationToken) is { } found)
        {
            return found;
        }

        var created = await calls.MakeAsync(
            async (proof, token) =>
            {
                using var body = new StringContent(CreateBody(wanted), Encoding.UTF8, "application/json");
                return await api.CreateAudienceAsync(settings.AccountNumber, proof?.Hex, proof?.UnixSeconds, body, token);
            },
            isUpload: false,
            cancellationToken
        );
        if (!created.IsGood)
        {
            return new EnsuredAudience(created.Outcome);
        }

        using var document = JsonDocument.Parse(created.Http!.Body, JsonFields.Options);
        return document.RootElement.Digits("id") is { } id
            ? new EnsuredAudience(Outcome.Done, new RemoteAudienceId(id))
            : new EnsuredAudience(new Outcome(OutcomeKind.Retry, "not_understood"));
    }

    public async ValueTask<AudienceReport> ReadAsync(RemoteAudienceId audience, CancellationToken cancellationToken)
    {
        if (!JsonFields.IsDigits(audience.Value ?? ""))
        {
            return new AudienceReport(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"));
        }

        var reply = await calls.MakeAsync(
            (proof, token) => api.ReadAsync(audience.Value!, proof?.Hex, proof?.UnixSeconds, ReadFields, token),
            isUpload: false,
            cancellationToken
        );
        if (!reply.IsGood)
        {
            return new AudienceReport(reply.Outcome);
        }

        using var document = JsonDocument.Parse(reply.Http!.Body, JsonFields.Options);
        return document.RootElement.OfAnotherThan("id", audience.Value!) is { } wrong
            ? new AudienceReport(wrong)
            : MetaAudienceState.Report(document.RootElement);
    }

    public async ValueTask<Outcome> DeleteAsync(RemoteAudienceId audience, CancellationToken cancellationToken)
    {
        if (!JsonFields.IsDigits(audience.Value ?? ""))
        {
            return new Outcome(OutcomeKind.StopAudience, "invalid_audience_id");
        }

        var reply = await calls.MakeAsync(
            (proof, token) => api.DeleteAudienceAsync(audience.Value!, proof?.Hex, proof?.UnixSeconds, token),
            isUpload: false,
            cancellationToken
        );
        return reply.Outcome;
    }

    /// <summary>Whether the account's customer list terms are accepted (11); null when the response does not contain it.</summary>
    public async ValueTask<(Outcome Outcome, bool? Accepted)> TermsAsync(CancellationToken cancellationToken)
    {
        var reply = await calls.MakeAsync(
            (proof, token) => api.ReadAsync($"act_{settings.AccountNumber}", proof?.Hex, proof?.UnixSeconds, "tos_accepted", token),
            isUpload: false,
            cancellationToken
        );
        if (!reply.IsGood)
        {
            return (reply.Outcome, null);
        }

        using var document = JsonDocument.Parse(reply.Http!.Body, JsonFields.Options);
        if (document.RootElement.OfAnotherThan("id", $"act_{settings.AccountNumber}") is { } wrong)
        {
            return (wrong, null);
        }

        var terms = document.RootElement.Object("tos_accepted")?.Number("custom_audience_tos");
        return (reply.Outcome, terms is null ? null : terms == 1);
    }

    /// <summary>
    /// The customer list of this name, or the reason why the search failed; null when there is none. Names are not unique (5.1).
    /// </summary>
    private async ValueTask<EnsuredAudience?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        string? after = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var from = after;
            var reply = await calls.MakeAsync(
                (proof, token) =>
                    api.AudiencesAsync(settings.AccountNumber, proof?.Hex, proof?.UnixSeconds, ListFields, PageSize, from, token),
                isUpload: false,
                cancellationToken
            );
            if (!reply.IsGood)
            {
                return new EnsuredAudience(reply.Outcome);
            }

            using var document = JsonDocument.Parse(reply.Http!.Body, JsonFields.Options);
            var root = document.RootElement;
            found.AddRange(
                root.Items("data")
                    .Where(item => item.Text("name") == name && item.Text("subtype") == "CUSTOM")
                    .Select(item => item.Digits("id"))
                    .OfType<string>()
            );

            // A short or empty page need not be the last one; a page without a next is (5.2). The URL in it is not followed, because it
            // contains the token.
            after = root.Object("paging")?.Text("next") is null ? null : root.Object("paging")?.Object("cursors")?.Text("after");
            if (after is null)
            {
                // When pages shift between two requests, the same audience can appear twice.
                return found.Distinct(StringComparer.Ordinal).Count() switch
                {
                    0 => null,
                    1 => new EnsuredAudience(Outcome.Done, new RemoteAudienceId(found[0]), AlreadyExisted: true),
                    _ => new EnsuredAudience(new Outcome(OutcomeKind.StopAudience, "meta_name_is_there_twice")),
                };
            }
        }

        return new EnsuredAudience(new Outcome(OutcomeKind.Retry, "too_many_pages"));
    }

    /// <summary>Fetch-or-create protects a repeated call whose first response was lost (5.1).</summary>
    private static string CreateBody(AudienceDefinition wanted)
    {
        var body = new Dictionary<string, object>
        {
            ["name"] = wanted.Name,
            ["subtype"] = "CUSTOM",
            ["description"] = wanted.Description,
            ["customer_file_source"] = "USER_PROVIDED_ONLY",
            ["enable_fetch_or_create"] = true,
        };

        // A lifetime longer than Meta can keep members is sent as unlimited, and our own window still removes them.
        if (wanted.Lifetime is { TotalDays: >= 1 and <= MaxRetentionD } lifetime)
        {
            body["retention_days"] = (int)Math.Ceiling(lifetime.TotalDays);
        }

        return JsonSerializer.Serialize(body);
    }
}
