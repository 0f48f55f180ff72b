using AudienceSync.Domain.Normalising;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

internal delegate Step ReconcileTable(bool desired, LedgerEntry entry, int revision, NormaliserVersion normaliser);

/// <summary>What may go wrong around one call.</summary>
internal enum Fault
{
    None,
    CrashAfterIntent,
    LostBeforeThePlatform,
    LostAfterThePlatform,
}

/// <summary>
/// One member at one remote audience, driven by a table: intent into the ledger, the call, its outcome into the ledger. A fault ends the step
/// where it strikes; the ledger keeps what was written by then, as it would across a crash.
/// </summary>
internal sealed class SyncModel(ReconcileTable table)
{
    private readonly HashSet<Digest> _intended = [];
    private LedgerEntry _entry = LedgerEntry.Absent;

    public bool Desired { get; set; }

    public int Revision { get; set; } = 1;

    public short Normaliser { get; set; } = 1;

    public SetPlatform Platform { get; } = new();

    /// <summary>Whether a removal ever named somebody whom we never meant to add (design section 6, rule 6).</summary>
    public bool RemovedAStranger { get; private set; }

    private Digest Current => new(Revision, new NormaliserVersion(Normaliser));

    /// <summary>No identifier of this revision is usable: it is never sent.</summary>
    private bool Unusable => Revision % 7 == 0;

    /// <summary>What the platform should hold when nothing is left to do.</summary>
    public IEnumerable<Digest> Wanted => Desired && !Unusable && !SetPlatform.Refuses(Current) ? [Current] : [];

    /// <summary>Carries out one step. Answers whether there was anything to do.</summary>
    public bool Run(Func<Fault> fault)
    {
        var step = table(Desired, _entry, Revision, new NormaliserVersion(Normaliser));
        var going = step is Step.Remove or Step.Replace ? Remove(fault()) : step is Step.Add;
        if (going && step is Step.Add or Step.Replace)
        {
            Add(fault());
        }

        return step != Step.Nothing;
    }

    private bool Remove(Fault fault)
    {
        var delivered = new Digest(_entry.Revision, _entry.Normaliser);
        RemovedAStranger |= !_intended.Contains(delivered);
        _entry = _entry with { Status = LedgerStatus.Removing };
        if (!Call(fault, () => Platform.Remove(delivered)))
        {
            return false;
        }

        _entry = LedgerEntry.Absent;
        return true;
    }

    private void Add(Fault fault)
    {
        var sent = Current;
        if (Unusable)
        {
            _entry = new LedgerEntry(LedgerStatus.Invalid, sent.Revision, sent.Normaliser);
            return;
        }

        _intended.Add(sent);
        _entry = new LedgerEntry(LedgerStatus.Adding, sent.Revision, sent.Normaliser);
        if (Call(fault, () => Platform.Add(sent)))
        {
            _entry = _entry with { Status = SetPlatform.Refuses(sent) ? LedgerStatus.Rejected : LedgerStatus.Delivered };
        }
    }

    /// <summary>Answers whether the platform's answer reached the ledger.</summary>
    private static bool Call(Fault fault, Action call)
    {
        if (fault is Fault.None or Fault.LostAfterThePlatform)
        {
            call();
        }

        return fault == Fault.None;
    }
}
