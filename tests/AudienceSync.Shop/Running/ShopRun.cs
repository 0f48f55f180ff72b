using System.Globalization;
using AudienceSync.Shop.Decisions;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Feedback;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Watching;
using Spectre.Console;

namespace AudienceSync.Shop.Running;

/// <summary>One run on a running stage: play, wait until quiet, compare, and continue at a low rate if requested.</summary>
internal sealed class ShopRun(
    RunOptions options,
    int seed,
    StageSettings settings,
    DataFolder folder,
    Stage stage,
    HttpClient http,
    IAnsiConsole console,
    TimeProvider time
)
{
    private const double PlaySeconds = 60;

    private const int LastDecisions = 150;

    private static readonly TimeSpan SamplePause = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan FeedbackLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(120);

    // After the last intended end of a membership the engine has this long to detect it by itself.
    private static readonly TimeSpan SweepAllowance = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TricklePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrickleReport = TimeSpan.FromSeconds(60);

    private readonly SandboxApi _sandbox = stage.Sandbox!;
    private readonly EngineApi _engine = new(http, settings.Api, stage.Secrets.OperatorToken);

    /// <exception cref="RunException">A child process ended, or the play exceeded the time for which it can be evaluated.</exception>
    public async Task<RunReport> RunAsync(CancellationToken cancel)
    {
        if (options.Faults)
        {
            foreach (var fault in Fault.ForAllPlatforms(seed).Concat(Fault.ForFeedback(seed)))
            {
                await _sandbox.AddFaultAsync(fault, cancel);
            }
        }

        using var session = new PlaySession(options, seed, settings, stage.Secrets, time.GetUtcNow(), time);
        await _sandbox.PutPeopleAsync(stage.Secrets.CustomerIoSite, ReachableCustomers(session.Play), cancel);
        var began = time.GetTimestamp();
        var operators = new OperatorChecks(_engine, stage, options, seed, time);
        var correcting = operators.CorrectAsync(cancel);
        var sampled = await PlayAsync(session, cancel);
        await Task.WhenAny(correcting, stage.Lost);
        await ThrowIfStageLostAsync(cancel);
        await correcting;
        var report = await CompareAsync(session, sampled, operators, began, cancel);
        ReportScreen.Show(console, report, seed);
        if (!options.Once)
        {
            ReportScreen.ShowApiAddress(console, settings.Api, folder.PathOf("operator.header"));
            await TrickleAsync(session, cancel);
        }

        return report;
    }

    // The workspace that messages come from knows nobody who has neither an id nor an address.
    private static IEnumerable<Customer> ReachableCustomers(Play play) =>
        play.Customers.Where(customer => customer.CustomerId is not null || customer.Email is not null);

    /// <returns>The decisions that were asked for during the play.</returns>
    private async Task<DecisionFinding> PlayAsync(PlaySession session, CancellationToken cancel)
    {
        var play = session.Play;
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{play.Customers.Count:N0} customers, {play.WebhookCount:N0} webhooks in {play.Deliveries.Count:N0} "
                    + $"requests over {options.Connections} connections"
            )
        );
        console.WriteLine(MixedIn.Of(play).ToString());
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{play.Outcomes.Stream.Count:N0} outcomes of messages beside them"));
        var pace = new Pace(options.Connections, options.Once ? null : play.Deliveries.Count / PlaySeconds);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reporting = session.Reporting.PlayAsync(
            play.Outcomes,
            options.Once ? null : play.Outcomes.Stream.Count / PlaySeconds,
            stop.Token
        );
        var sending = Task.WhenAll(session.Runner.PlayAsync(play.Deliveries, pace, stop.Token), reporting);
        using var sent = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var sampling = session.Sampler.SampleAsync(SamplePause, sent.Token);
        var crashing = options.Crash ? new Crash(stage, session.Tally, time).RunAsync(play.WebhookCount, stop.Token) : Task.FromResult(0);
        var showing = new PlayScreen(console, session.Tally, play.WebhookCount, time).ShowAsync(Task.WhenAll(sending, crashing));
        var first = await Task.WhenAny(showing, stage.Lost, BothAsync(crashing, showing));
        if (first != showing)
        {
            await stop.CancelAsync();
            await showing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // It is awaited below.
        }

        await sent.CancelAsync();
        await ThrowIfStageLostAsync(cancel);
        var killedAfter = await crashing;
        await showing;
        if (options.Crash)
        {
            console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"the engine was killed after {killedAfter:N0} answers and restarted")
            );
        }

        return await sampling;
    }

    // A crash that fails ends the run at once; Task.WhenAll would wait for the screen.
    private static async Task BothAsync(Task crashing, Task showing)
    {
        await crashing;
        await showing;
    }

    private async Task<RunReport> CompareAsync(
        PlaySession session,
        DecisionFinding sampled,
        OperatorChecks operators,
        long began,
        CancellationToken cancel
    )
    {
        var failures = new List<string>();
        await WaitForLastExpiryAsync(session, cancel);
        console.WriteLine("waiting until the engine is quiet and the platforms have confirmed");
        var waiting = new QuietWait(_engine, time).WaitAsync(QuietLimit, cancel);
        await Task.WhenAny(waiting, stage.Lost);
        await ThrowIfStageLostAsync(cancel);
        var quiet = await waiting;
        if (!quiet.IsQuiet)
        {
            failures.Add($"the engine was not quiet within {QuietLimit.TotalSeconds:0} s; its status: {quiet.LastText}");
        }

        var platforms = new Dictionary<(string Key, Destination Destination), PlatformList>();
        foreach (var journey in JourneyList.All)
        {
            foreach (var destination in DestinationList.All)
            {
                platforms[(journey.Key, destination)] = await _sandbox.ListAsync(destination, journey, cancel);
            }
        }

        if (time.GetUtcNow() > new ExpiryWindow(session.Start).NoEndsUntil)
        {
            failures.Add("the play took so long that memberships ended during the comparison; send fewer webhooks");
        }

        var comparison = new Comparison(session.Play, session.Tally, session.Outcomes, quiet.Status, platforms);
        failures.AddRange(await ProbeAsync(session, cancel));
        var decisions = sampled.With(
            await session.Sampler.SampleAsync(LastDecisions, comparison.Expect(time.GetUtcNow()).Outcomes.Customers, cancel)
        );
        if (decisions.Checked == 0)
        {
            failures.Add("no decision could be compared");
        }

        var feedback = await WaitForFeedbackAsync(session, comparison, cancel);
        console.WriteLine("waiting until the exposure log is complete and nobody is alerted any more");
        var (audiences, _) = comparison.Expect(time.GetUtcNow());
        var report = comparison.Evaluate(time.GetUtcNow(), time.GetElapsedTime(began).TotalSeconds, failures);
        return await operators.CompleteAsync(report with { Decisions = decisions, Feedback = feedback }, session, audiences, cancel);
    }

    // Reports are made from deliveries, so they follow when the platforms have confirmed.
    private Task<FeedbackFinding> WaitForFeedbackAsync(PlaySession session, Comparison comparison, CancellationToken cancel)
    {
        console.WriteLine("waiting until the sender has the feedback");
        var now = time.GetUtcNow();
        var (audiences, outcomes) = comparison.Expect(now);
        return new FeedbackWait(_sandbox, stage.Secrets.CustomerIoSite, time).WaitAsync(
            () => new FeedbackComparison(session.Play.Customers, audiences, outcomes, now),
            FeedbackLimit,
            cancel
        );
    }

    // Somebody who does not have the key is refused, or anybody could suppress people.
    private static async Task<IReadOnlyList<string>> ProbeAsync(PlaySession session, CancellationToken cancel)
    {
        var forged = session.Play.Outcomes.Stream.First(item => item.Kind == OutcomeKind.HardBounced || item.Kind == OutcomeKind.Delivered);
        var status = await session.Reporting.ProbeAsync(forged, cancel);
        return status == 401 ? [] : [$"an outcome with a forged signature was answered {status}, expected 401"];
    }

    private async Task WaitForLastExpiryAsync(PlaySession session, CancellationToken cancel)
    {
        var wait = new ExpiryWindow(session.Start).NoEndsFrom + SweepAllowance - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancel);
        }
    }

    private async Task TrickleAsync(PlaySession session, CancellationToken cancel)
    {
        console.WriteLine("The shop stays open with one webhook per second; Ctrl-C closes it.");
        var trickle = new Trickle(seed, session.Start, session.Play.Customers);
        var reported = time.GetTimestamp();
        for (var (sent, accepted) = (0, 0); ; )
        {
            if (await Task.WhenAny(Task.Delay(TricklePause, time, cancel), stage.Lost) == stage.Lost)
            {
                await ThrowIfStageLostAsync(cancel);
            }

            cancel.ThrowIfCancellationRequested();
            var result = await session.Sender.SendAsync(trickle.Next(time.GetUtcNow()), cancel);
            sent++;
            accepted += result.Answers[0].Result == AnswerResult.Accepted ? 1 : 0;
            if (time.GetElapsedTime(reported) >= TrickleReport)
            {
                reported = time.GetTimestamp();
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trickle: {sent:N0} sent, {accepted:N0} accepted"));
            }
        }
    }

    private async Task ThrowIfStageLostAsync(CancellationToken cancel)
    {
        // Ctrl-C also reaches the child processes; their end is then expected.
        cancel.ThrowIfCancellationRequested();
        if (stage.Lost.IsCompleted)
        {
            throw new RunException(await stage.Lost);
        }
    }
}
