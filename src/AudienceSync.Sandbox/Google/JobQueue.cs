using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary>
/// Jobs on the sandbox's clock. There is no timer: every read settles the queue first, and due jobs are applied in the order of their due
/// times. Jobs of one list complete in the order of acceptance only while none of them is slowed down: the contract (4.7) guarantees no
/// order.
/// </summary>
internal sealed class JobQueue(CallLog calls, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Job> jobs = new(StringComparer.Ordinal);
    private readonly List<Job> open = [];
    private readonly Dictionary<string, Random> randoms = new(StringComparer.Ordinal);

    /// <param name="jobS">Duration in seconds that overrides the account's settings.</param>
    public void Accept(Job job, int? jobS)
    {
        lock (gate)
        {
            var limits = job.Parts[0].List.Account.Limits;
            var seconds = jobS ?? limits.JobS + (limits.JobJitterS * RandomOf(job.Parts[0].List.Account).NextDouble());
            job.DueAt = job.AcceptedAt + TimeSpan.FromSeconds(seconds);
            jobs.Add(job.Id, job);
            open.Add(job);
        }
    }

    public Job? Find(string id)
    {
        lock (gate)
        {
            return jobs.GetValueOrDefault(id);
        }
    }

    public void Settle()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            // A stable sort: jobs with the same due time keep the order of acceptance.
            foreach (var job in open.Where(job => job.DueAt <= now).OrderBy(job => job.DueAt).ToList())
            {
                Complete(job);
                open.Remove(job);
            }
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            open.SelectMany(job => job.Parts).ToList().ForEach(part => part.Dispose());
            open.Clear();
            jobs.Clear();
            randoms.Clear();
        }
    }

    private void Complete(Job job)
    {
        job.Done = true;
        foreach (var part in job.Parts)
        {
            if (job.Fault == FaultKind.Partial)
            {
                part.RefuseFrom(part.Records / 2);
            }
            else if (job.Fault == FaultKind.JobFails || part.List.List.Deleted)
            {
                part.RefuseFrom(0);
            }

            if (job.Fault is not (FaultKind.SilentDrop or FaultKind.JobFails) && !part.List.List.Deleted)
            {
                var (applied, removed) = Apply(job, part);
                calls.AddEffect(
                    GooglePlatform.PlatformName,
                    part.List.Id,
                    NameOf(job.Operation),
                    new CallEffect(applied, removed, part.Refused, 0)
                );
            }

            part.Dispose();
        }
    }

    public static string NameOf(FaultOperation operation) =>
        operation switch
        {
            FaultOperation.Add => "add",
            FaultOperation.Remove => "remove",
            _ => "remove_all",
        };

    // The time of acceptance is the time of adding: members sent after a removal's as-of time survive it, whichever job completes first.
    private static (int Applied, int Removed) Apply(Job job, JobPart part) =>
        job.Operation switch
        {
            FaultOperation.Add => (part.List.List.Add(part.Rows, job.AcceptedAt), 0),
            FaultOperation.Remove => (0, part.List.List.Remove(part.Rows)),
            _ => (0, part.List.List.RemoveAddedBefore(job.RemoveAsOf)),
        };

    private Random RandomOf(GoogleAccount account)
    {
        if (!randoms.TryGetValue(account.Id, out var random))
        {
            randoms[account.Id] = random = new Random(account.Limits.Seed);
        }

        return random;
    }
}
