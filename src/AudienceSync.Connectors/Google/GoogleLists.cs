using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>User lists (contracts/google.md 6.3).</summary>
internal sealed class GoogleLists(GoogleSettings settings, GoogleCalls calls, IGoogleApi api)
{
    private const int PageSize = 1000;
    private const int MaxPages = 50;
    private const string NameTaken = "google_display_name_already_used";
    private const string ContactList = "CONTACT_ID";

    private readonly string? _manager = settings.LoginAccount is { } login ? $"accountTypes/GOOGLE_ADS/accounts/{login}" : null;

    public async ValueTask<EnsuredAudience> EnsureAsync(AudienceDefinition wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (GoogleChecks.OfName(wanted.Name) is { } bad)
        {
            return new EnsuredAudience(new Outcome(OutcomeKind.StopAudience, bad.Code));
        }

        if (await FindAsync(wanted.Name, cancellationToken) is { } found)
        {
            return found;
        }

        var created = await calls.MakeAsync(
            async (authorization, token) =>
            {
                using var body = GooglePayload.Json(CreateBody(wanted));
                return await api.CreateListAsync(settings.Account, authorization, _manager, validateOnly: null, body, token);
            },
            cancellationToken
        );
        if (created.Outcome.Code == NameTaken)
        {
            // Created between the search and the call, perhaps by a call of ours whose response was lost.
            return await FindAsync(wanted.Name, cancellationToken) ?? new EnsuredAudience(created.Outcome);
        }

        return created.IsGood ? Created(created, wanted.Name) : new EnsuredAudience(created.Outcome);
    }

    public async ValueTask<AudienceReport> ReadAsync(RemoteAudienceId list, CancellationToken cancellationToken)
    {
        if (!JsonFields.IsDigits(list.Value ?? ""))
        {
            return new AudienceReport(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"));
        }

        var reply = await calls.MakeAsync(
            (authorization, token) => api.ListAsync(settings.Account, list.Value!, authorization, _manager, token),
            cancellationToken
        );
        if (!reply.IsGood)
        {
            return new AudienceReport(reply.Outcome);
        }

        using var document = JsonDocument.Parse(reply.Http!.Body, JsonFields.Options);
        return document.RootElement.OfAnotherThan("id", list.Value!) is { } wrong
            ? new AudienceReport(wrong)
            : GoogleListReport.Of(document.RootElement);
    }

    public async ValueTask<Outcome> DeleteAsync(RemoteAudienceId list, CancellationToken cancellationToken)
    {
        if (!JsonFields.IsDigits(list.Value ?? ""))
        {
            return new Outcome(OutcomeKind.StopAudience, "invalid_audience_id");
        }

        var reply = await calls.MakeAsync(
            (authorization, token) => api.DeleteListAsync(settings.Account, list.Value!, authorization, _manager, token),
            cancellationToken
        );
        return reply.Http?.Status == 404 ? Outcome.Done : reply.Outcome;
    }

    /// <summary>The cheapest request that needs the token and access to the account.</summary>
    public async ValueTask<Outcome> TouchAsync(CancellationToken cancellationToken) =>
        (
            await calls.MakeAsync(
                (authorization, token) =>
                    api.ListsAsync(settings.Account, authorization, _manager, filter: null, 1, pageToken: null, token),
                cancellationToken
            )
        ).Outcome;

    /// <summary>The list of this name, or the reason why the search failed; null when there is none.</summary>
    private async ValueTask<EnsuredAudience?> FindAsync(string name, CancellationToken cancellationToken)
    {
        // The contract does not define how to write a quote in a filter, so such a name is searched for in all lists.
        var filter = name.AsSpan().ContainsAny('"', '\\') ? null : QueryText.Encode($"display_name = \"{name}\"");
        string? page = null;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var token = page is null ? null : QueryText.Encode(page);
            var reply = await calls.MakeAsync(
                (authorization, cancel) => api.ListsAsync(settings.Account, authorization, _manager, filter, PageSize, token, cancel),
                cancellationToken
            );
            if (!reply.IsGood)
            {
                return new EnsuredAudience(reply.Outcome);
            }

            using var document = JsonDocument.Parse(reply.Http!.Body, JsonFields.Options);
            foreach (var list in document.RootElement.Items("userLists").Where(list => list.Text("displayName") == name))
            {
                return Adopted(list);
            }

            page = document.RootElement.Text("nextPageToken");
            if (string.IsNullOrEmpty(page))
            {
                return null;
            }
        }

        return new EnsuredAudience(new Outcome(OutcomeKind.Retry, "too_many_pages"));
    }

    /// <summary>A list of another kind with our name cannot be used: the kind can never be changed (6.3).</summary>
    private static EnsuredAudience Adopted(JsonElement list)
    {
        var kinds = list.Object("ingestedUserListInfo")?.Items("uploadKeyTypes").Select(kind => kind.ToString()).ToList() ?? [];
        var isOurs = list.Truth("readOnly") != true && (kinds.Count == 0 || kinds.Contains(ContactList));
        return list.Digits("id") is { } id && isOurs
            ? new EnsuredAudience(Outcome.Done, new RemoteAudienceId(id), AlreadyExisted: true)
            : new EnsuredAudience(new Outcome(OutcomeKind.StopAudience, "google_name_of_another_kind_of_list"));
    }

    private static EnsuredAudience Created(GoogleReply reply, string name)
    {
        using var document = JsonDocument.Parse(reply.Http!.Body, JsonFields.Options);
        var reported = document.RootElement.Text("displayName");
        return (document.RootElement.Digits("id"), reported is null || reported == name) switch
        {
            ({ } id, true) => new EnsuredAudience(Outcome.Done, new RemoteAudienceId(id)),
            ({ }, false) => new EnsuredAudience(new Outcome(OutcomeKind.Retry, JsonFields.OfAnother)),
            _ => new EnsuredAudience(new Outcome(OutcomeKind.Retry, "not_understood")),
        };
    }

    private static string CreateBody(AudienceDefinition wanted)
    {
        // A whole number of days in seconds; without a lifetime, the longest possible (6.3).
        var days = Math.Clamp(wanted.Lifetime?.TotalDays ?? GoogleLimits.MaxLifetimeD, 1, GoogleLimits.MaxLifetimeD);
        return JsonSerializer.Serialize(
            new
            {
                displayName = wanted.Name,
                description = wanted.Description,
                membershipDuration = $"{(long)Math.Ceiling(days) * 86_400}s",
                membershipStatus = "OPEN",
                ingestedUserListInfo = new
                {
                    uploadKeyTypes = new[] { ContactList },
                    contactIdInfo = new { dataSourceType = "DATA_SOURCE_TYPE_FIRST_PARTY" },
                },
            }
        );
    }
}
