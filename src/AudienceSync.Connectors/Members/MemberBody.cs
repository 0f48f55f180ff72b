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
    /// <summary>Nothing by which the platform could match a person.</summary>
    public const string NoUsableIdentifier = RefusedMember.NoUsableIdentifier;

    /// <summary>The member was delivered by a newer version of this program, so the digests cannot be computed here.</summary>
    public const string UnknownNormalizer = RefusedMember.UnknownNormalizer;

    private readonly RentedBody _body;
    private readonly int[] _memberOfRow;
    private readonly List<RefusedMember> _invalid = [];

    private MemberBody(int capacity, int members)
    {
        _body = new RentedBody(capacity);
        _memberOfRow = new int[members];
    }

    /// <summary>Rows written.</summary>
    public int Rows { get; private set; }

    /// <summary>Members that have no row.</summary>
    public IReadOnlyList<RefusedMember> Invalid => _invalid;

    /// <param name="members">The members.</param>
    /// <param name="frame">What comes before and after the rows.</param>
    /// <param name="rowBytes">The longest row, its comma included.</param>
    /// <param name="rules">The platform's normalizer of a version; null for a version unknown to this program.</param>
    /// <param name="row">Writes the row of a member.</param>
    /// <param name="without">Members to leave out without reporting them, by index.</param>
    public static MemberBody Write(
        IReadOnlyList<Member> members, (byte[] Head, byte[] Tail) frame, int rowBytes, Func<NormalizerVersion, Normalizer?> rules, WriteMemberRow row, IReadOnlySet<int>? without = null)
    {
        var body = new MemberBody(frame.Head.Length + (members.Count * rowBytes) + frame.Tail.Length, members.Count);
        body.Fill(members, frame, rules, row, without);
        return body;
    }

    /// <summary>The index in the call of the member in a row; -1 for a row we did not send.</summary>
    public int MemberOf(int row) => row < 0 || row >= Rows ? -1 : _memberOfRow[row];

    /// <summary>The whole body, for callers that must sign it.</summary>
    public ReadOnlySpan<byte> Written => _body.Span[.._body.Length];

    public HttpContent ToContent() => _body.ToContent();

    public void Dispose() => _body.Dispose();

    private void Fill(
        IReadOnlyList<Member> members, (byte[] Head, byte[] Tail) frame, Func<NormalizerVersion, Normalizer?> rules, WriteMemberRow row, IReadOnlySet<int>? without)
    {
        using var cells = new CellWriter();
        var buffer = _body.Span;
        frame.Head.CopyTo(buffer);
        var at = frame.Head.Length;
        for (var i = 0; i < members.Count; i++)
        {
            if (without?.Contains(i) == true)
            {
                continue;
            }

            var member = members[i];
            var normalizer = rules(member.Normalizer);
            var written = normalizer is null ? 0 : row(buffer[at..], in member, normalizer, cells);
            if (written == 0)
            {
                _invalid.Add(new RefusedMember(i, normalizer is null ? UnknownNormalizer : NoUsableIdentifier));
                continue;
            }

            at += written;
            _memberOfRow[Rows++] = i;
        }

        // The tail overwrites the last row's comma.
        at -= Rows > 0 ? 1 : 0;
        frame.Tail.CopyTo(buffer[at..]);
        _body.Length = at + frame.Tail.Length;
    }
}
