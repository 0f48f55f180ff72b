using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// The body of a call (contracts/meta.md 6.1), written as UTF-8 straight into a pooled buffer, digest by digest. Always the array schema,
/// even for one key: an audience filled in one form refuses the other permanently (6.4).
/// </summary>
internal sealed class MetaPayload : IDisposable
{
    /// <summary>Nothing by which Meta could match a person: no address, and not all of name and place (9.2: drop and report).</summary>
    public const string NoUsableIdentifier = RefusedMember.NoUsableIdentifier;

    /// <summary>The member was delivered by a newer version of this program, so the digests cannot be computed here.</summary>
    public const string UnknownNormalizer = RefusedMember.UnknownNormalizer;

    private static readonly List<RefusedMember> NoMembers = [];

    private static readonly byte[] PlainTail = "]}}"u8.ToArray();

    private readonly MetaColumns _columns;
    private readonly byte[] _tail;
    private readonly RentedBody _body;
    private int[]? _memberOfRow;
    private List<RefusedMember>? _invalid;

    private MetaPayload(MetaColumns columns, byte[] tail, int members)
    {
        _columns = columns;
        _tail = tail;
        _body = new RentedBody(columns.Head.Length + (members * columns.RowBytes) + tail.Length);
    }

    /// <summary>Rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Members that have no row.</summary>
    public IReadOnlyList<RefusedMember> Invalid => _invalid ?? NoMembers;

    /// <param name="members">The members.</param>
    /// <param name="normalizers">The rules to hash by.</param>
    /// <param name="limited">Limited data use, for additions.</param>
    /// <param name="session">Which batch of a replacement this is; null for an ordinary call (7).</param>
    public static MetaPayload Write(
        IReadOnlyList<Member> members, Normalizers normalizers, LimitedDataUse? limited = null, MetaSession? session = null)
    {
        var payload = new MetaPayload(MetaColumns.Of(members, limited), session is { } batch ? batch.Tail() : PlainTail, members.Count);
        payload.WriteAll(members, normalizers);
        return payload;
    }

    /// <summary>The index in the call of the member in a row; -1 for a row we did not send.</summary>
    public int MemberOf(int row) => row < 0 || row >= Rows ? -1 : _memberOfRow?[row] ?? row;

    public HttpContent ToContent() => _body.ToContent();

    public void Dispose() => _body.Dispose();

    private void WriteAll(IReadOnlyList<Member> members, Normalizers normalizers)
    {
        using var cells = new CellWriter();
        var buffer = _body.Span;
        _columns.Head.CopyTo(buffer);
        var at = _columns.Head.Length;
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            var normalizer = normalizers.Find(NormalizerFamily.Meta, member.Normalizer);
            var written = normalizer is null ? 0 : _columns.WriteRow(buffer[at..], member, normalizer, cells);
            if (written == 0)
            {
                Refuse(i, members.Count, normalizer is null ? UnknownNormalizer : NoUsableIdentifier);
                continue;
            }

            at += written;
            if (_memberOfRow is not null)
            {
                _memberOfRow[Rows] = i;
            }

            Rows++;
        }

        // The tail overwrites the last row's comma.
        at -= Rows > 0 ? 1 : 0;
        _tail.CopyTo(buffer[at..]);
        _body.Length = at + _tail.Length;
    }

    private void Refuse(int index, int members, string reason)
    {
        (_invalid ??= []).Add(new RefusedMember(index, reason));
        if (_memberOfRow is null)
        {
            // From here on, row and member indexes differ.
            _memberOfRow = new int[members];
            for (var row = 0; row < Rows; row++)
            {
                _memberOfRow[row] = row;
            }
        }
    }
}
