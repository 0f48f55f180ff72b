using System.Text;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Connectors.Webhook.Templates;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>
/// A receiver of signed batches (docs/webhook.md). It responds with the result at once, so there are no jobs; it does not report what it
/// holds, so a full refresh and an erasure are done from the ledger.
/// </summary>
public sealed class WebhookDestination : IDestination, IChecks, IPreviewsCalls
{
    private readonly WebhookSettings _settings;
    private readonly Normalizers _normalizers;
    private readonly WebhookCalls _calls;

    public WebhookDestination(WebhookSettings settings, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(dependencies);
        _settings = settings;
        _normalizers = dependencies.Normalizers;
        var api = PlatformHttp.CreateApi<IWebhookApi>(PlatformHttp.CreateClient(dependencies.Network, settings.Url));
        _calls = new WebhookCalls(
            settings,
            new CallPipeline(settings.CallTimeout, dependencies.Clock, dependencies.Random),
            dependencies.Clock,
            api
        );
        Limits = WebhookLimits.For(settings);
    }

    public Platform Platform => Platform.Webhook;

    public DestinationLimits Limits { get; }

    public NormalizerVersion Normalizer => _normalizers.Current(WebhookPayload.Rules).Version;

    public async ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Members.Count > _settings.MembersPerCall)
        {
            throw new ArgumentException($"At most {_settings.MembersPerCall} members are allowed in one call.", nameof(call));
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!WebhookSettings.IsName(call.Audience.Value))
        {
            return new CallResult(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), [], []);
        }

        using var request = RequestOf(call);
        if (request is null)
        {
            return new CallResult(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"), [], []);
        }

        var body = request.Body;
        if (body.Rows == 0)
        {
            return new CallResult(Outcome.Done, body.Invalid, []);
        }

        var reply = await _calls.MakeAsync(request, cancellationToken);
        var rejected = Rejected(reply.Answer, body);
        return new CallResult(
            reply.Outcome,
            body.Invalid,
            rejected,
            Math.Min(body.Rows, Math.Max(reply.Answer?.RejectedCount ?? 0, rejected.Count)),
            PlatformRequestId: reply.Answer?.RequestId,
            HttpStatus: reply.Status
        );
    }

    /// <summary>A receiver has no jobs, so nothing is ever pending.</summary>
    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JobReport(JobState.Confirmed, [], "confirmed"));

    public CheckFinding? CheckName(string name) => WebhookChecks.OfName(name);

    public async ValueTask<IReadOnlyList<CheckFinding>> CheckAsync(
        IReadOnlyList<RemoteAudienceId> audiences,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(audiences);
        if (_settings.Templates is { Check: null })
        {
            return [WebhookChecks.NoCheck];
        }

        // A template asks about the account or about a list; what it does not ask about is not known.
        if (_settings.Templates?.Check is { NamesAudience: false })
        {
            var answer = await ProbeAsync(audience: null, cancellationToken);
            return [.. WebhookChecks.OfAccount(answer), .. audiences.Select(WebhookChecks.NotAsked)];
        }

        Outcome? account = _settings.Templates is null ? await ProbeAsync(audience: null, cancellationToken) : null;
        var outcomes = new List<(RemoteAudienceId Audience, Outcome Outcome)>();
        foreach (var audience in audiences)
        {
            var outcome = WebhookSettings.IsName(audience.Value)
                ? await ProbeAsync(audience, cancellationToken)
                : new Outcome(OutcomeKind.StopAudience, "invalid_audience_id");
            outcomes.Add((audience, outcome));
        }

        var ofAccount = account is { } asked ? WebhookChecks.OfAccount(asked) : WebhookChecks.OfLists(outcomes.Select(one => one.Outcome));
        return [.. ofAccount, .. outcomes.Select(one => WebhookChecks.OfAudience(one.Audience, one.Outcome))];
    }

    /// <summary>The call for two invented people, or for one where a call has one member.</summary>
    public CallPreview? Preview(MemberOperation? operation, RemoteAudienceId audience)
    {
        var people = InventedPeople().Take(_settings.MembersPerCall).Select(person => new Member(person, Normalizer));
        using var request = operation is { } members
            ? RequestOf(new MemberCall(audience, members, [.. people]))
            : CheckOf(WebhookSettings.IsName(audience.Value) ? audience : null);
        if (request is null)
        {
            return null;
        }

        var headers = _calls
            .Headers(request.Body.Written)
            .Select(header => new KeyValuePair<string, string>(header.Name, header.IsSecret ? "***" : header.Value));
        return new CallPreview(
            request.Method,
            request.Url.AbsoluteUri,
            request.Body.Written.IsEmpty ? [.. headers] : [new("Content-Type", "application/json"), .. headers],
            Encoding.UTF8.GetString(request.Body.Written)
        );
    }

    private static IEnumerable<PersonIdentifiers> InventedPeople() =>
        [
            IdentifierReader.Read("cust-42", "ann@example.com", "+12025550123", "US"),
            IdentifierReader.Read("cust-43", "bob@example.com", null, "US"),
        ];

    // Null when the name of the list would change the structure of the address.
    private WebhookRequest? RequestOf(MemberCall call)
    {
        if (_settings.Templates is not { } templates)
        {
            return new WebhookRequest("POST", _settings.Url, WebhookPayload.Write(_settings, call, _normalizers));
        }

        var template = call.Operation == MemberOperation.Add ? templates.Add : templates.Remove;
        var made = new TemplatedCall(_settings, template, WebhookPayload.NameOf(call.Operation), call.Audience);
        return made.Address is { } url ? new WebhookRequest(made.Method, url, made.Write(call.Members, _normalizers)) : null;
    }

    private WebhookRequest? CheckOf(RemoteAudienceId? audience)
    {
        if (_settings.Templates is not { } templates)
        {
            return new WebhookRequest("POST", _settings.Url, WebhookPayload.Check(_settings, audience));
        }

        var made = templates.Check is { } check ? new TemplatedCall(_settings, check, "check", audience) : null;
        return made?.Address is { } url ? new WebhookRequest(made.Method, url, made.WriteCheck()) : null;
    }

    private async ValueTask<Outcome> ProbeAsync(RemoteAudienceId? audience, CancellationToken cancellationToken)
    {
        using var request = CheckOf(audience);
        return request is null
            ? new Outcome(OutcomeKind.StopAudience, "invalid_audience_id")
            : (await _calls.MakeAsync(request, cancellationToken)).Outcome;
    }

    private static List<RefusedMember> Rejected(WebhookAnswer? answer, MemberBody body) =>
        [
            .. (answer?.Rejected ?? [])
                .Select(row => new RefusedMember(body.MemberOf(row.Row), row.Reason))
                .Where(member => member.Index >= 0)
                .DistinctBy(member => member.Index)
                .OrderBy(member => member.Index),
        ];
}
