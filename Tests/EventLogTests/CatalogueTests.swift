import EventLog
import Testing

@Suite struct CatalogueTests {
  @Test func theLastEventThatSaysSomethingCounts() throws {
    let log = try read(
      "session_id,item_id,time,title,price,category\ns,A,1,Old,1.5,X\ns,A,2,New,,Y > Z\ns,A,3,,2.005,\ns,B,1,,,\n")
    #expect(log.catalogue.items.map(\.title) == ["New", ""])
    #expect(log.catalogue.items.map(\.price) == [201, nil])
    #expect(log.catalogue.items.map(\.category) == ["Y > Z", ""])
    #expect(log.catalogueSummary == nil)
  }

  @Test func theCatalogueHasTheLastWordAndAddsItems() throws {
    let log = try read(
      "session_id,item_id,time,title\ns,A,1,From event\ns,B,1,Only event\n",
      "catalogue: { columns: { item_id: sku, title: [type, brand], brand: brand, category: [l1, l2] }, reject: { max_share: 1 } }",
      catalogue: """
        sku,type,brand,l1,l2,price,available,url,image,group
        C,Mug,Acme,Kitchen,Mugs,0.99,out of stock,/c,/c.png,mugs
        A,Tea,,Food,,12,YES,,,
        ,x,,,,,,,,
        B,,,,,1,perhaps,,,
        """)
    #expect(log.table.itemIDs == ["A", "B", "C"])
    #expect(log.catalogue.items.count == 3)
    var c = Catalogue.Item()
    (c.title, c.brand, c.category, c.price) = ("Mug Acme", "Acme", "Kitchen > Mugs", 99)
    (c.url, c.image, c.group, c.isAvailable, c.isListed) = ("/c", "/c.png", "mugs", false, true)
    #expect(log.catalogue.items[2] == c)
    #expect(log.catalogue.items.map(\.isListed) == [true, false, true])
    #expect(log.catalogue.items[0].title == "Tea")
    #expect(log.catalogue.items[0].category == "Food")
    #expect(log.catalogue.items[0].price == 1200)
    #expect(log.catalogue.items[1].title == "Only event")
    #expect(log.catalogueSummary?.rejected == [.missingItem: 1, .badAvailability: 1])
    #expect((log.catalogueSummary?.rows, log.catalogueSummary?.kept) == (4, 2))
  }

  @Test func listsOfValues() throws {
    let events = "session_id,item_id,time\ns,A,1\n"
    let yaml = "catalogue: { columns: { tags: [labels, more], attributes: [color, size] }, reject: { max_share: 1 } }"
    let csv = try read(
      events, yaml,
      catalogue: """
        item_id,labels,more,color,size,regions
        A, organic | fair trade;;,sale,red | dark blue,,North;South
        B,,,,L,
        """)
    #expect(
      csv.catalogue.items.map(\.tags) == [
        ["organic", "fair trade", "sale", "color=red", "color=dark blue"], ["size=L"],
      ])
    #expect(csv.catalogue.items.map(\.regions) == [["North", "South"], []])
    let ndjson = try read(
      events, yaml,
      catalogue: #"""
        {"item_id":"A","labels":["organic","fair \"trade\""],"more":"sale","color":["red",7,null],"regions":[]}
        {"item_id":"B","labels":[["nested"]]}
        {"item_id":"B","title":["no list"]}
        """#)
    #expect(ndjson.catalogue.items.map(\.tags) == [["organic", "fair \"trade\"", "sale", "color=red", "color=7"]])
    #expect(ndjson.catalogueSummary?.rejected == [.nestedValue: 2])
  }

  /// As in events: what is longer than an id may be, no visitor's region is.
  @Test func regionsAreCodesLikeThoseOfEvents() throws {
    let (most, long) = (String(repeating: "r", count: 255), String(repeating: "r", count: 256))
    let log = try read(
      "session_id,item_id,time,regions\ns,A,1,\ns,B,1,North|\(long)\n",
      anyShare + "catalogue: { reject: { max_share: 1, show: 9 } }",
      catalogue: "item_id,regions\nA,North|\(most)\nC,North|\(long)\nD,\u{1}\n")
    #expect(log.reasons == ["3 id too long"])
    #expect(log.catalogue.items.map(\.regions) == [["North", most]])
    #expect(log.catalogueSummary?.rejected == [.idTooLong: 1, .controlCharacter: 1])
  }

  @Test func patternsMarkWhatIsNeverRecommended() throws {
    let text =
      "session_id,item_id,time,title,category\ns,POST,1,Postage,\ns,1,1,Mug sample,Kitchen\ns,2,1,Mug,Kitchen\n"
    func marked(_ yaml: String) throws -> [Bool] { try read(text, yaml).catalogue.items.map(\.isNeverRecommended) }
    #expect(try marked("") == [false, false, false])
    #expect(try marked("never_recommend: [ POST ]") == [true, false, false])
    #expect(try marked("never_recommend: [ { title: \"*sample\" } ]") == [false, true, false])
    #expect(try marked("never_recommend: [ { category: Kitchen, id: \"2\" } ]") == [false, false, true])
    #expect(try marked("only_recommend: [ \"[0-9]*\" ]") == [true, false, false])
  }

}
