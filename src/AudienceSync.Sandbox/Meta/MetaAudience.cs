using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>A customer list on Meta: its digests, the schema form that binds it, its upload sessions.</summary>
/// <param name="configured">False when created through the API: a reset removes it.</param>
internal sealed class MetaAudience(string id, string name, MetaAccount account, AudienceList list, bool configured)
{
    /// <summary>A session closes automatically this long after its first batch (contract 7).</summary>
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromMinutes(90);

    private readonly Lock gate = new();
    private readonly Dictionary<long, Session> sessions = [];
    private readonly Replacement replacement = new(list);
    private SchemaForm? filledBy;
    private long emptySampleResponses;
    private DateTimeOffset? contentUpdatedAt;

    public string Id => id;

    public string Name => name;

    public bool Configured => configured;

    public MetaAccount Account => account;

    public AudienceList List => list;

    /// <summary>When a call last changed who is in it; null when none did.</summary>
    public DateTimeOffset? ContentUpdatedAt
    {
        get
        {
            lock (gate)
            {
                return contentUpdatedAt;
            }
        }
    }

    public void UpdateContent(DateTimeOffset now)
    {
        lock (gate)
        {
            contentUpdatedAt = now;
        }
    }

    public bool IsBeingReplaced(DateTimeOffset now)
    {
        lock (gate)
        {
            return replacement.IsRunning(now);
        }
    }

    /// <summary>operation_status, contract 5.3 and 8.</summary>
    public (int Code, string Description) StatusAt(DateTimeOffset now)
    {
        lock (gate)
        {
            return (replacement.IsRunning(now), replacement.HasFailed, filledBy) switch
            {
                (true, _, _) => (414, "Replace in progress"),
                (_, true, _) => (415, "Replace failed"),
                (_, _, null) => (410, "No upload"),
                _ => (200, "Normal"),
            };
        }
    }

    /// <summary>Applies a batch of a full replacement of the members.</summary>
    public GraphError? Replace(UsersUpload upload, DateTimeOffset now, out long received)
    {
        lock (gate)
        {
            return replacement.Take(upload, now, out received);
        }
    }

    public void FailReplacement()
    {
        lock (gate)
        {
            replacement.Fail();
        }
    }

    /// <summary>Removes people, including from a running replacement.</summary>
    /// <returns>The number of digests removed from the list.</returns>
    public int Erase(RowBatch rows)
    {
        lock (gate)
        {
            replacement.Forget(rows);
            return list.Remove(rows);
        }
    }

    /// <summary>Binds the audience to the form of its first add; a different form later is refused with 2650 (contract 6.4).</summary>
    public GraphError? Accept(SchemaForm form, bool adding)
    {
        lock (gate)
        {
            if (filledBy is { } held && held != form)
            {
                return GraphError.MixedSource(held, form);
            }

            filledBy ??= adding ? form : null;
            return null;
        }
    }

    /// <summary>Rows received in the session so far, and whether the session is still open for this batch.</summary>
    public (long Received, bool Open) Join(long sessionId, int rows, DateTimeOffset now)
    {
        lock (gate)
        {
            var session = sessions.GetValueOrDefault(sessionId, new Session(now, 0));
            sessions[sessionId] = session = session with { Received = session.Received + rows };
            return (session.Received, now < session.Start + SessionLifetime);
        }
    }

    /// <summary>
    /// Empty samples are written alternately as <c>{}</c> and <c>[]</c>: both were observed on the real platform (contract 6.2).
    /// </summary>
    public bool NextEmptySamplesAreAnArray()
    {
        lock (gate)
        {
            return emptySampleResponses++ % 2 == 1;
        }
    }

    public void Reset()
    {
        lock (gate)
        {
            filledBy = null;
            emptySampleResponses = 0;
            contentUpdatedAt = null;
            replacement.Clear();
            sessions.Clear();
        }
    }

    private sealed record Session(DateTimeOffset Start, long Received);
}
