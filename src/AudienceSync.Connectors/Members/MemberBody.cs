using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Members;

/// <summary>Writes one member's row with the comma after it; 0 bytes when the member has no usable identifier.</summary>
internal delegate int WriteMemberRow(Span<byte> into, in Member member, Normalizer normalizer, CellWriter cells);

/// <summary>
/// A request body of one row for each member, written as UTF-8 straight into a pooled buffer. It records which member is in which row,
/// because members without a usable identifier have no row.
/// </summary>
internal sealed class MemberBody : IDisposable
{
    private static readonly List<RefusedMember> NoMembers = [];

    private readonly RentedBody _body;

    /// <summary>Null as long as every member has a row, as in nearly all calls.</summary>
    private int[]? _memberOfRow;
    private List<RefusedMember>? _invalid;

    private MemberBody(int capacity, MemberLayout layout) => _body = new RentedBody(capacity, layout);

    /// <summary>Rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Members that have no row.</summary>
    public IReadOnlyList<RefusedMember> Invalid => _invalid ?? NoMembers;

    /// <param name="members">The members.</param>
    /// <param name="frame">What is around the rows.</param>
    /// <param name="rules">The platform's normalizer of a version; null for a version unknown to this program.</param>
    /// <param name="row">Writes the row of a member.</param>
    /// <param name="without">Members to leave out without reporting them, by index.</param>
    public static MemberBody Write(
        IReadOnlyList<Member> members,
        in MemberFrame frame,
        Func<NormalizerVersion, Normalizer?> rules,
        WriteMemberRow row,
        IReadOnlySet<int>? without = null
    )
    {
        var body = new MemberBody(frame.Head.Length + (members.Count * frame.RowBytes) + frame.Tail.Length, frame.Layout);
        body.Fill(members, frame, rules, row, without);
        return body;
    }

    /// <summary>The index in the call of the member in a row; -1 for a row we did not send.</summary>
    public int MemberOf(int row) => row < 0 || row >= Rows ? -1 : _memberOfRow?[row] ?? row;

    /// <summary>The whole body, for callers that must sign it.</summary>
    public ReadOnlySpan<byte> Written => _body.Span[.._body.Length];

    public HttpContent ToContent() => _body.ToContent();

    public void Dispose() => _body.Dispose();

    private void Fill(
        IReadOnlyList<Member> members,
        in MemberFrame frame,
        Func<NormalizerVersion, Normalizer?> rules,
        WriteMemberRow row,
        IReadOnlySet<int>? without
    )
    {
        using var cells = new CellWriter();
        var buffer = _body.Span;
        frame.Head.CopyTo(buffer);
        var at = frame.Head.Length;
        for (var i = 0; i < members.Count; i++)
        {
            if (without?.Contains(i) == true)
            {
                MapRows(members.Count);
                continue;
            }

            var member = members[i];
            var normalizer = rules(member.Normalizer);
            var written = normalizer is null ? 0 : row(buffer[at..], in member, normalizer, cells);
            if (written == 0)
            {
                var reason = normalizer is null ? RefusedMember.UnknownNormalizer : RefusedMember.NoUsableIdentifier;
                (_invalid ??= []).Add(new RefusedMember(i, reason));
                MapRows(members.Count);
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
        frame.Tail.CopyTo(buffer[at..]);
        _body.Length = at + frame.Tail.Length;
    }

    /// <summary>From the first member without a row on, row and member indexes differ.</summary>
    private void MapRows(int members)
    {
        if (_memberOfRow is null)
        {
            _memberOfRow = new int[members];
            for (var row = 0; row < Rows; row++)
            {
                _memberOfRow[row] = row;
            }
        }
    }
}
