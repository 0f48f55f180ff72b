using AudienceSync.Domain.Alerts;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Alerts;

/// <summary>What is wrong, what people were sent about it, and what they want to hear nothing of.</summary>
public sealed class AlertEndpoints(TimeProvider clock)
{
    private const int DefaultLimit = 100;

    /// <summary>Longer than any absence.</summary>
    internal static readonly TimeSpan LongestSilence = TimeSpan.FromDays(90);

    /// <param name="Rule">A rule; null for all.</param>
    /// <param name="Destination">An ad account; null for all.</param>
    /// <param name="Subject">A subject of a rule, or an audience; null for all.</param>
    /// <param name="Until">Its end.</param>
    /// <param name="By">Who silences it; <c>operator</c> when omitted.</param>
    /// <param name="Why">The reason.</param>
    public sealed record Silence(string? Rule, string? Destination, string? Subject, DateTimeOffset Until, string? By, string? Why);

    /// <param name="By">Author of the request; <c>operator</c> when omitted.</param>
    public sealed record Author(string? By);

    /// <param name="Channel">The name of a channel. In the body, because addresses of requests are logged.</param>
    /// <param name="By">Author of the request; <c>operator</c> when omitted.</param>
    public sealed record Trial(string? Channel, string? By);

    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/alerts", ListAsync).Takes(QueryParameter.Limit);
        group.MapGet("/alerts/notices/{notice:long}", ShowAsync);
        group.MapPost("/alerts/silences", SilenceAsync).Takes(BodyContract.Json);
        group.MapPost("/alerts/silences/{silence:long}/end", EndAsync).Takes(BodyContract.OptionalJson);
        group.MapPost("/alerts/test", TestAsync).Takes(BodyContract.Json);
    }

    private static async Task<IResult> ListAsync(RequestWorkspace workspace, int? limit, CancellationToken cancellationToken) =>
        TypedResults.Ok(await workspace.Get<AlertQueries>().ReadAsync(limit ?? DefaultLimit, cancellationToken));

    private static async Task<IResult> ShowAsync(long notice, RequestWorkspace workspace, CancellationToken cancellationToken) =>
        await workspace.Get<AlertQueries>().FindAsync(notice, cancellationToken) is { } found
            ? Results.Ok(
                new
                {
                    notice = found.View,
                    owner = found.Content.Owner,
                    began_at = found.Content.BeganAt,
                    advice = found.Content.Advice,
                    members = found.Content.Members.Select(Member),
                    sections = found.Content.Sections.Select(section => new
                    {
                        title = section.Title,
                        members = section.Members.Select(Member),
                    }),
                }
            )
            : QueryProblem.UnknownNotice;

    private static object Member(NoticeMember member) =>
        new { subject = member.Subject, facts = member.Facts.ToDictionary(fact => fact.Name, fact => fact.Value, StringComparer.Ordinal) };

    private async Task<IResult> SilenceAsync(Silence body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var (now, by) = (clock.GetUtcNow(), By(body.By));
        if (!OperatorNote.Fit(by, body.Why))
        {
            return QueryProblem.InvalidReason;
        }

        if (
            (body.Rule ?? body.Destination ?? body.Subject) is null
            || (body.Rule is { } rule && AlertRules.Find(rule) is null)
            || body.Until <= now
            || body.Until > now + LongestSilence
            || new[] { body.Destination, body.Subject }.Any(text => text is not null && !IsName(text))
        )
        {
            return QueryProblem.InvalidSilence;
        }

        var silence = new AlertSilence(body.Rule, body.Destination, body.Subject, body.Until);
        return Results.Ok(
            new
            {
                silence = await workspace.Get<SilenceStore>().AddAsync(silence, by, body.Why, now, cancellationToken),
                until = body.Until,
            }
        );
    }

    private async Task<IResult> EndAsync(long silence, Author? body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var by = By(body?.By);
        return !OperatorNote.Fit(by, why: null) ? QueryProblem.InvalidReason
            : await workspace.Get<SilenceStore>().EndAsync(silence, by, clock.GetUtcNow(), cancellationToken)
                ? Results.Ok(new { silence, state = "ended" })
            : QueryProblem.UnknownSilence;
    }

    private static async Task<IResult> TestAsync(Trial body, RequestWorkspace workspace, CancellationToken cancellationToken)
    {
        var by = By(body.By);
        return !OperatorNote.Fit(by, why: null) ? QueryProblem.InvalidReason
            : await workspace.Get<ChannelTrial>().RunAsync(body.Channel ?? "", by, cancellationToken) is { } notice ? Results.Ok(notice)
            : QueryProblem.UnknownChannel;
    }

    private static bool IsName(string text) => text.Length is > 0 and <= Domain.Limits.ParameterChars && !text.Contains('\0');

    private static string By(string? given) => string.IsNullOrWhiteSpace(given) ? "operator" : given;
}
