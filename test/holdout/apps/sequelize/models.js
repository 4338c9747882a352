const { DataTypes, Sequelize } = require('sequelize');

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false, define: { timestamps: false, underscored: true } });
const Author = sequelize.define('Author', { name: DataTypes.TEXT }, { tableName: 'authors' });
const Book = sequelize.define('Book', { title: DataTypes.TEXT, stock: DataTypes.INTEGER, publisherId: DataTypes.INTEGER }, { tableName: 'books' });
const Review = sequelize.define('Review', { stars: DataTypes.INTEGER, body: DataTypes.TEXT }, { tableName: 'reviews' });
const Flag = sequelize.define('Flag', { key: { type: DataTypes.TEXT, primaryKey: true }, enabled: DataTypes.BOOLEAN }, { tableName: 'flags' });
const AuditLog = sequelize.define('AuditLog', { what: DataTypes.TEXT, bookId: DataTypes.INTEGER }, { tableName: 'audit_log' });

Book.belongsTo(Author, { as: 'author', foreignKey: 'authorId' });
Author.hasMany(Book, { as: 'books', foreignKey: 'authorId' });
Book.hasMany(Review, { as: 'reviews', foreignKey: 'bookId' });

module.exports = { sequelize, Author, Book, Review, Flag, AuditLog };
