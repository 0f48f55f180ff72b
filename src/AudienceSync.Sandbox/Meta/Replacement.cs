using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// The replacements of one audience, contract 7 and 8: at most one is running. Not safe for concurrent use: the audience's lock guards it.
/// </summary>
internal sealed class Replacement(AudienceList list)
{
    /// <summary>A session that is not finished this long after its first batch has failed.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(90);

    private readonly HashSet<long> finished = [];
    private readonly HashSet<long> timedOut = [];
    private AudienceList staged = Staging(list);
    private string[] columns = [];
    private long running;
    private DateTimeOffset startedAt;
    private long received;

    /// <summary>The last replacement failed and none has started since: operation_status 415.</summary>
    public bool HasFailed { get; private set; }

    public bool IsRunning(DateTimeOffset now)
    {
        if (running != 0 && now >= startedAt + Lifetime)
        {
            timedOut.Add(running);
            Fail();
        }

        return running != 0;
    }

    /// <summary>Processes one batch; the batch with the last flag ends the session and fills the list.</summary>
    /// <param name="total">Rows received in the session so far.</param>
    public GraphError? Take(UsersUpload upload, DateTimeOffset now, out long total)
    {
        total = 0;
        var session = upload.Session!;
        if (Validate(session, now) is { } refused)
        {
            return refused;
        }

        if (session.BatchSeq == 1)
        {
            (running, startedAt, received, columns, HasFailed) = (session.SessionId, now, 0, [.. upload.Rows.Columns], false);
        }
        else if (!columns.SequenceEqual(upload.Rows.Columns))
        {
            return GraphError.Invalid("The schema must be the same in every batch of a session.");
        }

        staged.Add(upload.Rows);
        total = received += upload.Received;
        if (session.LastBatchFlag)
        {
            list.TakeContentsOf(staged);
            finished.Add(running);
            running = 0;
        }

        return null;
    }

    public void Fail()
    {
        (running, HasFailed) = (0, true);
        staged = Staging(list);
    }

    /// <summary>Erased people must not be added again by the last batch.</summary>
    public void Forget(RowBatch rows) => staged.Remove(rows);

    public void Clear()
    {
        finished.Clear();
        timedOut.Clear();
        staged = Staging(list);
        (running, HasFailed) = (0, false);
    }

    private GraphError? Validate(UploadSession session, DateTimeOffset now)
    {
        var isRunning = IsRunning(now);
        return session switch
        {
            _ when finished.Contains(session.SessionId) => GraphError.ReplaceFinished,
            _ when timedOut.Contains(session.SessionId) => GraphError.ReplaceTimedOut,

            // The first batch may be sent only once, including for the running session.
            _ when isRunning && (session.SessionId != running || session.BatchSeq == 1) => GraphError.ReplaceRunning,
            { BatchSeq: not 1 } when !isRunning => GraphError.ReplaceOutOfOrder,
            _ => null,
        };
    }

    private static AudienceList Staging(AudienceList list) => new(list.Platform, list.Account, list.Audience, list.IsKey);
}
