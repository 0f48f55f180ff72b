using AudienceSync.Connectors;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>
/// A platform that accepts calls at once and executes them later, in any order, like Google. It fails the test when an add and a removal of
/// one person run at the same time.
/// </summary>
internal sealed class QueuedPlatform(TimeProvider clock, int membersPerCall) : IDestination
{
    private readonly Dictionary<string, Job> _jobs = [];

    public HashSet<string> Members { get; } = [];

    public List<MemberCall> Calls { get; } = [];

    public int Questions { get; private set; }

    /// <summary>The end state of a call's job, by the number of the call from 0.</summary>
    public Func<int, JobState> Fate { get; set; } = _ => JobState.Confirmed;

    /// <summary>How long a job takes.</summary>
    public Func<int, TimeSpan> Takes { get; set; } = _ => TimeSpan.FromMinutes(3);

    /// <summary>The report of a confirmed job, by the number of the call from 0.</summary>
    public Func<int, JobReport> Report { get; set; } = _ => new JobReport(JobState.Confirmed, [], "confirmed");

    public Platform Platform => Platform.Google;

    public DestinationLimits Limits { get; } =
        new(membersPerCall, TimeSpan.FromSeconds(30), OrderedCalls: false) { FirstJobPoll = TimeSpan.FromMinutes(2) };

    public NormalizerVersion Normalizer { get; } = new(1);

    public ValueTask<CallResult> SendAsync(MemberCall call, CancellationToken cancellationToken)
    {
        Finish();
        var emails = call.Members.Select(member => member.Identifiers.Email!).ToHashSet();
        foreach (var running in _jobs.Values.Where(job => !job.Ended))
        {
            (running.Operation != call.Operation && running.Emails.Overlaps(emails)).ShouldBeFalse(
                "an add and a removal of one person run at the same time"
            );
        }

        var handle = $"job-{Calls.Count}";
        _jobs[handle] = new Job(call.Operation, emails, clock.GetUtcNow() + Takes(Calls.Count), Fate(Calls.Count), Report(Calls.Count));
        Calls.Add(call);
        return ValueTask.FromResult(new CallResult(Outcome.Done, [], [], Job: new JobHandle(handle), HttpStatus: 200));
    }

    public ValueTask<JobReport> PollJobAsync(JobHandle job, CancellationToken cancellationToken)
    {
        Questions++;
        Finish();
        var polled = _jobs[job.Value];
        return ValueTask.FromResult(
            !polled.Ended ? new JobReport(JobState.Running, [], "running")
            : polled.Fate == JobState.Confirmed ? polled.Report
            : new JobReport(polled.Fate, [], $"test_{polled.Fate}")
        );
    }

    private void Finish()
    {
        foreach (var job in _jobs.Values.Where(job => !job.Ended && job.DoneAt <= clock.GetUtcNow() && job.Fate != JobState.Running))
        {
            job.Ended = true;
            if (job.Fate != JobState.Confirmed)
            {
                continue;
            }

            if (job.Operation == MemberOperation.Add)
            {
                Members.UnionWith(job.Emails);
            }
            else
            {
                Members.ExceptWith(job.Emails);
            }
        }
    }

    private sealed record Job(MemberOperation Operation, HashSet<string> Emails, DateTimeOffset DoneAt, JobState Fate, JobReport Report)
    {
        public bool Ended { get; set; }
    }
}
