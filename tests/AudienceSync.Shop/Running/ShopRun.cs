using System.Globalization;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Watching;
using Spectre.Console;

namespace AudienceSync.Shop.Running;

/// <summary>One run on a stage that stands: play, wait until quiet, compare, and go on gently if asked.</summary>
internal sealed class ShopRun(
    RunOptions options, int seed, StageSettings settings, DataFolder folder, Stage stage, HttpClient http, IAnsiConsole console, TimeProvider time)
{
    private const double PlaySeconds = 60;

    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(120);

    // After the last membership ended on purpose the engine gets this long to notice it by itself.
    private static readonly TimeSpan SweepPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TricklePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrickleReport = TimeSpan.FromSeconds(60);

    private readonly SandboxApi _sandbox = stage.Sandbox!;
    private readonly EngineApi _engine = new(http, settings.Api, stage.Secrets.OperatorToken);

    /// <exception cref="RunProblem">A child died, or the play outlived the time for which it can be judged.</exception>
    public async Task<RunReport> RunAsync(CancellationToken cancel)
    {
        if (options.Faults)
        {
            foreach (var fault in Fault.BadDay(seed))
            {
                await _sandbox.AddFaultAsync(fault, cancel);
            }
        }

        using var performance = new Performance(options, seed, settings, stage.Secrets.Sender, time.GetUtcNow(), time);
        var began = time.GetTimestamp();
        await PlayAsync(performance, cancel);
        var report = await CompareAsync(performance, began, cancel);
        ReportScreen.Show(console, report, seed);
        if (!options.Once)
        {
            ReportScreen.ShowWhereItRuns(console, settings.Api, folder.PathOf("operator.header"));
            await TrickleAsync(performance, cancel);
        }

        return report;
    }

    private async Task PlayAsync(Performance performance, CancellationToken cancel)
    {
        var play = performance.Play;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{play.Customers.Count:N0} customers, {play.WebhookCount:N0} webhooks in {play.Deliveries.Count:N0} requests over {options.Connections} connections"));
        console.WriteLine(MixedIn.Of(play).ToString());
        var pace = new Pace(options.Connections, options.Once ? null : play.Deliveries.Count / PlaySeconds);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var sending = performance.Courier.PlayAsync(play.Deliveries, pace, stop.Token);
        var crashing = options.Crash ? new Crash(stage, performance.Tally, time).HappenAsync(play.WebhookCount, stop.Token) : Task.FromResult(0);
        var showing = new PlayScreen(console, performance.Tally, play.WebhookCount, time).ShowAsync(Task.WhenAll(sending, crashing));
        var first = await Task.WhenAny(showing, stage.Lost, crashing.ContinueWith(task => task.IsFaulted ? task : showing, TaskScheduler.Default).Unwrap());
        if (first != showing)
        {
            await stop.CancelAsync();
            await showing.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await DemandStageAsync(cancel);
        var killedAfter = await crashing;
        await showing;
        if (options.Crash)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the engine was killed after {killedAfter:N0} answers and started again"));
        }
    }

    private async Task<RunReport> CompareAsync(Performance performance, long began, CancellationToken cancel)
    {
        var failures = new List<string>();
        await WaitForLastExpiryAsync(performance, cancel);
        console.WriteLine("waiting until the engine is quiet and the platforms have confirmed");
        var waiting = new QuietWait(_engine, time).WaitAsync(QuietLimit, cancel);
        await Task.WhenAny(waiting, stage.Lost);
        await DemandStageAsync(cancel);
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

        if (time.GetUtcNow() > new ExpiryWindow(performance.Start).CalmUntil)
        {
            failures.Add("the play took so long that memberships ended while they were compared; send fewer webhooks");
        }

        return new Comparison(performance.Play, performance.Tally, quiet.Status, platforms)
            .Judge(time.GetUtcNow(), time.GetElapsedTime(began).TotalSeconds, failures);
    }

    private async Task WaitForLastExpiryAsync(Performance performance, CancellationToken cancel)
    {
        var wait = new ExpiryWindow(performance.Start).CalmFrom + SweepPatience - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancel);
        }
    }

    private async Task TrickleAsync(Performance performance, CancellationToken cancel)
    {
        console.WriteLine("The shop stays open with a webhook a second; Ctrl-C closes it.");
        var trickle = new Trickle(seed, performance.Start, performance.Play.Customers);
        var reported = time.GetTimestamp();
        for (var (sent, accepted) = (0, 0); ;)
        {
            if (await Task.WhenAny(Task.Delay(TricklePause, time, cancel), stage.Lost) == stage.Lost)
            {
                await DemandStageAsync(cancel);
            }

            cancel.ThrowIfCancellationRequested();
            var result = await performance.Sender.SendAsync(trickle.Next(time.GetUtcNow()), cancel);
            sent++;
            accepted += result.Answers[0].Verdict == Verdict.Accepted ? 1 : 0;
            if (time.GetElapsedTime(reported) >= TrickleReport)
            {
                reported = time.GetTimestamp();
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trickle: {sent:N0} sent, {accepted:N0} accepted"));
            }
        }
    }

    private async Task DemandStageAsync(CancellationToken cancel)
    {
        // Ctrl-C reaches the children, too: then their end is no surprise.
        cancel.ThrowIfCancellationRequested();
        if (stage.Lost.IsCompleted)
        {
            throw new RunProblem(await stage.Lost);
        }
    }
}
