using System.Runtime.CompilerServices;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Alerts;

/// <summary>
/// Looks at everything every fifteen seconds, on one Host at a time, and makes notices of what is wrong.
/// <para>
/// <b>States.</b> Waiting for the lease; looking. It is driven by levels: the state of every alert is stored, so a Host that takes over, or
/// starts after an hour, goes on where the last one was.
/// </para>
/// <para>
/// <b>Failures.</b> What is read, what is made of it, its notices and their messages are one transaction under the lease: a kill leaves
/// all or nothing of a look. A storage that does not answer is an outage, during which this Host alerts nobody: what watches
/// <c>/health/ready</c> does. A message that was lost leaves its send open, and it gets another one after half an hour.
/// </para>
/// </summary>
internal sealed class AlertLoop(
    AlertScene scene,
    PlannedAlerts plan,
    AlertReadingQueries readings,
    BindingReadingQueries bindings,
    FlowStore flows,
    AlertStateStore states,
    AlertSendStore sends,
    SilenceStore silences,
    WeeklyDigests digests,
    LeaseStore leases,
    TimeProvider clock,
    ILogger<AlertLoop> logger
) : LeasedLoop(LeaseName, "Alerts", leases, wake: null, clock, logger)
{
    public const string LeaseName = "alerts";

    public static readonly TimeSpan DefaultPoll = TimeSpan.FromSeconds(15);

    /// <summary>A send whose message was not handled for so long gets another one.</summary>
    internal static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(30);

    private bool _digestFailed;

    /// <summary>How often it looks.</summary>
    internal TimeSpan PollEvery { get; init; } = DefaultPoll;

    protected override TimeSpan Idle => PollEvery;

    protected override TimeSpan Retry => PollEvery;

    protected override async IAsyncEnumerable<TurnPause> WorkAsync(
        Lease lease,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        while (true)
        {
            // First a pause: what just started is not late yet.
            yield return TurnPause.For(PollEvery);
            await LookAsync(lease, cancellationToken);
        }
    }

    private async Task LookAsync(Lease lease, CancellationToken cancellationToken)
    {
        var now = Clock.GetUtcNow();
        await Leases.KeepAsync(lease, cancellationToken);
        var flow = await flows.ReadAsync(cancellationToken);
        var read = await readings.ReadAsync(now, cancellationToken) with { Bindings = await bindings.ReadAsync(now, cancellationToken) };
        var before = await states.ReadAsync(cancellationToken);
        var silenced = await silences.ActiveAsync(now, cancellationToken);
        var step = AlertMachine.Step(before, AlertConditions.Of(read, plan.Settings), silenced, now);
        var ended = await DigestsAsync(step.State, silenced, now, cancellationToken);
        step = step with
        {
            Notices =
            [
                .. step.Notices.Select(notice => notice with { Workspace = scene.Workspace }),
                .. ended.Select(week => week.Notice).OfType<AlertNotice>(),
            ],
        };
        var made = Routed(step.Notices);
        var look = new AlertLook(
            step,
            before.Alerts.Count + before.Incidents.Count > 0,
            made.ToLookup(send => send.Notice),
            EnlistedOf(await sends.OpenAsync(cancellationToken), made, now),
            flow,
            ended
        );
        if (look.HasAny)
        {
            await states.WriteAsync(lease, look, now, cancellationToken);
        }

        foreach (var notice in step.Notices.Where(notice => notice.Kind != NoticeKind.WeeklyDigest))
        {
            logger.LogWarning("Alert {Kind} {Severity} {Rule} {Group}", notice.Kind, notice.Severity, notice.Rule, notice.Group);
        }
    }

    // A digest that cannot be made must not keep anybody from being alerted: it is tried again at the next look.
    private async Task<IReadOnlyList<EndedWeek>> DigestsAsync(
        AlertState state,
        IReadOnlyList<AlertSilence> silenced,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var ended = await digests.EndedAsync(state, silenced, now, cancellationToken);
            _digestFailed = false;
            return ended;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (!_digestFailed)
            {
                logger.LogError(failure, "The weekly digest cannot be made; alerts are sent without it");
            }

            _digestFailed = true;
            return [];
        }
    }

    private List<NewSend> Routed(IReadOnlyList<AlertNotice> notices)
    {
        var routes = plan.Channels.Select(channel => channel.Route).ToList();
        return
        [
            .. notices.SelectMany(
                notice => AlertChannelRoute.Of(notice, routes, plan.Settings),
                (notice, channel) => new NewSend(notice, channel)
            ),
        ];
    }

    /// <summary>
    /// The sends that get a message now: of an incident and a channel only the oldest, so that a recovery never overtakes what it ends.
    /// </summary>
    internal static IReadOnlySet<Guid> EnlistedOf(IReadOnlyList<OpenSend> open, IReadOnlyList<NewSend> made, DateTimeOffset now)
    {
        var (enlisted, taken) = (new HashSet<Guid>(), new HashSet<(string, IncidentId)>());
        foreach (var send in open)
        {
            if (
                taken.Add((send.Channel, send.Incident))
                && (send.RetryAt is { } at ? at <= now : send.EnlistedAt is not { } last || now - last >= LostAfter)
            )
            {
                enlisted.Add(send.Id);
            }
        }

        foreach (var send in made)
        {
            if (taken.Add((send.Channel, new IncidentId(send.Notice.Rule, send.Notice.Group))))
            {
                enlisted.Add(send.Id);
            }
        }

        return enlisted;
    }
}
